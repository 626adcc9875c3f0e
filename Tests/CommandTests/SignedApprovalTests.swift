import Foundation
import Testing

/// Approvals of gates that list who may approve must be signed.
@Suite("Signed approvals")
struct SignedApprovalTests {
  private func place(_ approve: String, signers: String? = "kim ann") throws -> Workplace {
    let place = try Workplace.project(
      body: "strategy = own {},",
      more: """
        local own = strategy "own" (function(rollout)
          local first, rest = rollout.targets:split(1)
          rollout:wave(first)
          local good, answers = rollout:approve { name = "go", \(approve) }
          for _, answer in ipairs(answers) do log.info("%s said %s", answer.by, answer.comment) end
          rollout:wave(rest)
        end)
        """)
    let names = signers?.split(separator: " ") ?? []
    let shell = Process()
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = [
      "-ec",
      """
      cd '\(place.path)'
      for name in kim ann mallory; do ssh-keygen -q -t ed25519 -N '' -C $name -f key-$name; done
      for name in \(names.joined(separator: " ")); do
        printf '%s@example.com %s\\n' $name "$(cut -d' ' -f1,2 key-$name.pub)" >> allowed_signers
      done
      """,
    ]
    try shell.run()
    shell.waitUntilExit()
    #expect(shell.terminationStatus == 0)
    return place
  }

  private let two = "from = { \"kim@example.com\", \"ann@example.com\" }, count = 2"

  @Test("a parked deployment takes one signature after the other, also from another checkout, and the last one resumes it")
  func parked() throws {
    let place = try place(two)
    let run = try place.lander("deploy")
    #expect(run.code == 13, "\(run)")
    let id = try #require(place.word(after: "Parked: deployment ", in: run.out))
    #expect(run.out.contains("→ lander approve \(id) 1 --key FILE  counts as one of 2"), "\(run.out)")
    #expect(run.out.contains("approval \"go\" (signed by 2 of kim@example.com, ann@example.com)"), "\(run.out)")
    let unsigned = try place.lander("approve", id)
    #expect(unsigned.code == 3 && unsigned.err.contains("takes signed answers only, of kim@example.com, ann@example.com"), "\(unsigned)")
    let stranger = try place.lander("approve", id, "--key", "key-mallory")
    #expect(stranger.everything.contains("nobody whom allowed_signers of the deployment names signed this answer"), "\(stranger)")
    #expect(!place.exists("hosts/h2/srv/app/current"))
    let first = try place.lander("approve", id, "--key", "key-kim", "--comment", "fine")
    #expect(first.code == 13 && first.everything.contains("approved by kim@example.com (1 of 2), signed"), "\(first)")
    let again = try place.lander("approve", id, "--key", "key-kim")
    #expect(again.everything.contains("kim@example.com has approved gate \"go\" already; it has 1 of 2"), "\(again)")
    #expect(!place.exists("hosts/h2/srv/app/current"))

    // A change of the file now does not affect a deployment that has begun.
    try place.write("mallory@example.com \(place.text("key-mallory.pub"))", to: "allowed_signers")
    try FileManager.default.moveItem(atPath: place.path + "/.lander", toPath: place.path + "/elsewhere")
    let last = try place.lander("approve", id, "--key", "key-ann")
    #expect(last.code == 0, "\(last)")
    #expect(last.err.contains("approved by kim@example.com and ann@example.com (signed): fine"), "\(last.err)")
    #expect(last.err.contains("kim@example.com said fine") && last.err.contains("ann@example.com said "), "\(last.err)")
    #expect(place.exists("hosts/h2/srv/app/current"))
  }

  @Test("a key that signs for several names approves once, as the first of them, whatever else its lines say")
  func onceForAKey() throws {
    let place = try place(two, signers: "")
    let (kim, ann) = (try place.text("key-kim.pub"), try place.text("key-ann.pub"))
    try place.write("ops \(kim)*@example.com namespaces=\"git\" \(kim)x,*@example.com \(kim)ann@example.com \(ann)", to: "allowed_signers")
    let run = try place.lander("deploy")
    let id = try #require(place.word(after: "Parked: deployment ", in: run.out))
    let first = try place.lander("approve", id, "--key", "key-kim")
    #expect(first.everything.contains("approved by kim@example.com (1 of 2), signed"), "\(first)")
    let again = try place.lander("approve", id, "--key", "key-kim")
    #expect(again.everything.contains("kim@example.com has approved gate \"go\" already"), "\(again)")
    let last = try place.lander("approve", id, "--key", "key-ann")
    #expect(last.code == 0 && place.exists("hosts/h2/srv/app/current"), "\(last)")
  }

  /// Writes an approval into the deployment's mailbox, as another program could.
  private func forge(_ name: String, _ more: String, to id: String, _ place: Workplace) throws {
    let text = #"{"id":"\#(name)","kind":"approve","number":1,"by":"kim@laptop","comment":"forged","at":1,\#(more)}"#
    let path = "\(place.path)/.lander/mail/\(id)/\(name).json"
    try FileManager.default.createDirectory(atPath: "\(place.path)/.lander/mail/\(id)", withIntermediateDirectories: true)
    try text.write(toFile: path + ".tmp", atomically: true, encoding: .utf8)
    chmod(path + ".tmp", 0o600)
    rename(path + ".tmp", path)
  }

  @Test("a running deployment hears signatures too; one of another deployment, and a signer that a sender names, count for nothing")
  func running() throws {
    let place = try place("from = { \"kim@example.com\" }, timeout = \"5m\"")
    let running = try place.start(["deploy", "--wait", "--output", "plain"])
    try wait(for: "Gate 1:", in: running.err)
    let id = try #require(place.word(after: "Deployment ", in: running.everything))
    let unsigned = try place.lander("approve", id, "1")
    #expect(unsigned.code == 3 && unsigned.err.contains("gate \"go\" takes signed answers only"), "\(unsigned)")
    try forge("named", #""signer":"kim@example.com""#, to: id, place)
    let statement = "printf 'lander approve 20260101-000000-abcd gate 1\\n' | ssh-keygen -Y sign -q -f key-kim -n lander-approval"
    let shell = try sign(statement, in: place)
    try forge("other", #""signer":"kim@example.com","signature":"\#(shell.replacing("\n", with: "\\n"))""#, to: id, place)
    try wait(for: "nobody whom allowed_signers of the deployment names signed this answer", in: running.err)
    let named = running.everything.contains("(kim@laptop: forged): gate \"go\" takes signed answers only")
    #expect(named && !place.exists("hosts/h2/srv/app/current"), "\(running.everything)")
    let good = try place.lander("approve", id, "1", "--key", "key-kim")
    #expect(good.code == 0 && good.out.contains("approved by kim@example.com, signed"), "\(good)")
    #expect(running.wait() == 0, "\(running.everything)")
  }

  @Test("anybody may reject an approval that asks for signatures")
  func rejected() throws {
    let place = try place("from = { \"kim@example.com\" }")
    let id = try #require(place.word(after: "Parked: deployment ", in: try place.lander("deploy").out))
    #expect(try place.lander("reject", id).code == 16)
    #expect(!place.exists("hosts/h1/srv/app/current"))
  }

  /// Returns the output of a shell command line.
  private func sign(_ line: String, in place: Workplace) throws -> String {
    let (shell, pipe) = (Process(), Pipe())
    shell.executableURL = URL(filePath: "/bin/sh")
    shell.arguments = ["-ec", "cd '\(place.path)' && \(line)"]
    shell.standardOutput = pipe
    try shell.run()
    let bytes = pipe.fileHandleForReading.readDataToEndOfFile()
    shell.waitUntilExit()
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test("whoever can never sign is refused before anything starts, with the line to add")
  func refused() throws {
    let place = try place("from = { \"kym@example.com\" }")
    let run = try place.lander("deploy")
    #expect(run.code == 2, "\(run)")
    let message = "approval \"go\" asks for \"kym@example.com\", and no line of allowed_signers lets a key of that name"
    #expect(run.err.contains(message), "\(run.err)")
    #expect(run.err.contains("did you mean \"kim@example.com\"?"), "\(run.err)")
    // Several lines name kim, and some of their keys may not sign approvals.
    let two = try self.place(self.two, signers: "")
    let (kim, ann) = (try two.text("key-kim.pub"), try two.text("key-ann.pub"))
    let none = "lets a key of that name sign"
    for (line, words) in [
      ("kim@example.com garbage", none), ("kim@example.com namespaces=\"git\" \(kim)", none), ("!kim@example.com,* \(kim)", none),
      ("kim@example.com,ann@example.com \(ann)", "a key counts once"), ("kim@example.com \(kim)*@example.com \(ann)", "a key counts once"),
    ] {
      try two.write("\(line)\nann@example.com \(ann)", to: "allowed_signers")
      let barred = try two.lander("plan")
      #expect(barred.code == 2 && barred.err.contains(words), "\(line): \(barred)")
    }
    let good = "\u{FEFF}\"kim@example.com\" \(kim)# a comment\nann*@example.com namespaces=\"lander-approval,git\" \(ann)"
    try two.write(good, to: "allowed_signers")
    #expect(try two.lander("plan").code == 0)
    let empty = try self.place(self.two, signers: nil)
    let missing = try empty.lander("plan")
    #expect(missing.code == 2 && missing.err.contains("there is no file allowed_signers beside deploy.lua"), "\(missing)")
  }
}
