import Foundation
import Testing

/// Promise P11 for bundles: if a policy requires signatures, no part of an unsigned bundle reaches a host.
@Suite("Bundles that have to be signed")
struct SignedBundleTests {
  private struct Ground {
    let place: Workplace
    var policy: [String: String] { ["LANDER_POLICY": place.path + "/machine/policy.json"] }

    init(strategy: String = "", more: String = "") throws {
      place = try Workplace(["dist/index.html": "one"])
      try place.write(
        """
        \(more)
        local function at(name) return host(name) { transport = "local", root = "\(place.path)/" .. name } end
        group "here" { hosts = { at "h1", at "h2" } }
        recipe "web" { path = "/srv/web", revision = bundle "dist", targets = group "here"\(strategy) }
        """, to: "deploy.lua")
      try place.write(
        "{ \"policy\": 1, \"signed_bundles\": true, \"allowed_signers\": \"allowed_signers\" }", to: "machine/policy.json")
      try shell(
        """
        ssh-keygen -q -t ed25519 -N '' -C kim -f machine/key && ssh-keygen -q -t ed25519 -N '' -C mallory -f machine/other
        printf 'kim@example.com %s\\n' "$(cut -d' ' -f1,2 machine/key.pub)" > machine/allowed_signers
        """)
    }

    func shell(_ text: String) throws {
      let shell = Process()
      shell.executableURL = URL(filePath: "/bin/sh")
      shell.arguments = ["-ec", "cd '\(place.path)'\n\(text)"]
      try shell.run()
      shell.waitUntilExit()
      #expect(shell.terminationStatus == 0, "\(text)")
    }

    func built() throws -> String { try place.lander("bundle", "build").out.trimmingCharacters(in: .whitespacesAndNewlines) }
    func text(_ host: String) -> String? {
      try? String(contentsOfFile: "\(place.path)/\(host)/srv/web/current/index.html", encoding: .utf8)
    }
  }

  @Test("a policy that demands signed bundles lets through what one of its signers signed, and nothing else")
  func signed() throws {
    let ground = try Ground()
    let place = ground.place
    let digest = try ground.built()
    for words in [["plan"], ["deploy"], ["deploy", "--revision", "bundle:\(digest.prefix(12))"]] {
      let run = try place.run(words, ground.policy)
      #expect(run.code == 3, "\(words): \(run)")
      expectText(
        run.err,
        """
        bundle \(digest.prefix(12)) is not signed, and the policy \(place.path)/machine/policy.json demands signed bundles
          → whoever built it can sign it: lander bundle sign \(digest.prefix(12)) --key FILE

        """)
    }
    #expect(try place.lander("bundle", "sign", digest, "--key", "machine/other").code == 0)
    let foreign = try place.lander("deploy", environment: ground.policy)
    #expect(foreign.code == 3 && foreign.err.contains("is signed by a key that"), "\(foreign)")
    #expect(!FileManager.default.fileExists(atPath: place.path + "/h1/srv/web/releases"), "nothing was sent")

    let sign = try place.lander("bundle", "sign", String(digest.prefix(8)), "--key", "machine/key")
    #expect(sign.code == 0 && sign.out == "Signed \(digest).\n", "\(sign)")
    let good = try place.lander("deploy", environment: ground.policy)
    #expect(good.code == 0 && good.err.contains("Bundle \(digest.prefix(12)) is signed by kim@example.com."), "\(good)")
    #expect(ground.text("h2") == "one")
    // The journal and the receipts record the signer.
    #expect(try place.lander("status", "--json").out.contains("\"signer\":\"kim@example.com\""))
    #expect(try place.lander("plan", environment: ground.policy).out.contains("Signed by"))
    #expect(try place.lander("bundle", "inspect", digest, environment: ground.policy).err.contains(", signed by kim@example.com\n"))

    // The other bundle has no signature, and the signature of the first bundle does not fit it.
    try place.write("two", to: "dist/index.html")
    let other = try ground.built()
    try ground.shell("cp .lander/bundles/manifests/\(digest).sig .lander/bundles/manifests/\(other).sig")
    let copied = try place.lander("deploy", environment: ground.policy)
    #expect(copied.code == 3 && copied.err.contains("belongs to something else"), "\(copied)")
    #expect(ground.text("h1") == "one")
  }

  @Test("a way back needs no signature where hosts keep the release, and none is asked for without a policy")
  func back() throws {
    let ground = try Ground()
    #expect(try ground.place.lander("deploy").code == 0)
    try ground.place.write("two", to: "dist/index.html")
    #expect(try ground.place.lander("deploy").code == 0)
    let back = try ground.place.lander("rollback", environment: ground.policy)
    #expect(back.code == 0 && ground.text("h1") == "one", "\(back)")
    // Lander would have to send the bundle to a host that keeps no release.
    try ground.place.write("three", to: "dist/index.html")
    #expect(try ground.place.lander("deploy").code == 0)
    try ground.shell("rm -rf h2/srv/web/releases")
    let sent = try ground.place.lander("join", "--host", "h2", environment: ground.policy)
    #expect(sent.code == 3 && sent.err.contains("is not signed"), "\(sent)")
  }

  @Test("the signature beside an archive goes with it, and one that was made elsewhere is taken in if it fits")
  func travels() throws {
    let ground = try Ground()
    let place = ground.place
    let digest = try ground.built()
    #expect(try place.lander("bundle", "sign", digest, "--key", "machine/key", "--out", "app.tar.gz.sig").code == 0)
    try ground.shell("tar -czf app.tar.gz -C dist . && rm -rf .lander && cp app.tar.gz.sig elsewhere.sig")
    try place.write(
      String(contentsOfFile: place.path + "/deploy.lua", encoding: .utf8).replacing("\"dist\"", with: "\"app.tar.gz\""), to: "deploy.lua")
    let beside = try place.lander("plan", environment: ground.policy)
    #expect(beside.code == 0, "\(beside)")

    try ground.shell("rm -rf .lander app.tar.gz.sig")
    #expect(try ground.built() == digest)
    #expect(try place.lander("plan", environment: ground.policy).code == 3)
    #expect(try place.lander("bundle", "sign", digest, "--signature", "elsewhere.sig").code == 0)
    #expect(try place.lander("plan", environment: ground.policy).code == 0)

    // A good signature stays, although the archive comes with the signature of its earlier content.
    try ground.shell("cp elsewhere.sig app.tar.gz.sig && echo new > dist/new && tar -czf app.tar.gz -C dist .")
    let newer = try ground.built()
    #expect(newer != digest)
    #expect(try place.lander("bundle", "sign", newer, "--key", "machine/key").code == 0)
    let stale = try place.lander("plan", environment: ground.policy)
    #expect(stale.code == 0 && stale.err.contains("it is no signature of this archive, and is ignored"), "\(stale)")
    try ground.shell("rm dist/new && tar -czf app.tar.gz -C dist .")

    // The file beside the archive may be another program's signature, or one of another archive.
    try ground.shell("echo gpg > app.tar.gz.sig && rm -rf .lander")
    #expect(try ground.built() == digest)
    #expect(try place.lander("plan", environment: ground.policy).code == 3)
    for (file, words) in [("app.tar.gz.sig", "is not a signature of bundle"), ("none.sig", "there is no file")] {
      let run = try place.lander("bundle", "sign", digest, "--signature", file)
      #expect(run.code == 2 && run.err.contains(words), "\(run)")
    }
    try place.write("other", to: "dist/index.html")
    let other = try place.lander("bundle", "build", "--revision", "dist").out.trimmingCharacters(in: .whitespacesAndNewlines)
    let wrong = try place.lander("bundle", "sign", other, "--signature", "elsewhere.sig")
    #expect(wrong.code == 2 && wrong.err.contains("is not a signature of bundle \(other.prefix(12))"), "\(wrong)")
    for words in [["--key", "machine/key", "--signature", "elsewhere.sig"], [], ["--key", "machine/none"]] {
      #expect(try place.run(["bundle", "sign", other] + words).code == 2)
    }
  }

  @Test("a key signs if one of its lines lets it, and a line that does not is named as the reason")
  func lines() throws {
    let ground = try Ground()
    let place = ground.place
    let digest = try ground.built()
    #expect(try place.lander("bundle", "sign", digest, "--key", "machine/key").code == 0)
    func signers(_ lines: String...) throws -> Workplace.Run {
      let text = lines.map { "printf '%s %s\\n' '\($0)' \"$(cut -d' ' -f1,2 machine/key.pub)\"" }.joined(separator: "; ")
      try ground.shell("{ \(text); } > machine/allowed_signers")
      return try place.lander("plan", environment: ground.policy)
    }
    for good in [["*@example.com"], ["ann,kim@example.com"], ["kim namespaces=\"git\"", "kim namespaces=\"lander-bundle\""]] {
      let run = try good.count == 1 ? signers(good[0]) : signers(good[0], good[1])
      #expect(run.code == 0, "\(good): \(run)")
    }
    for barred in ["kim namespaces=\"git\"", "kim valid-before=\"20200101\""] {
      let run = try signers(barred)
      #expect(run.code == 3 && run.err.contains("is not valid for it now"), "\(barred): \(run)")
    }
  }

  @Test("a deployment that is resumed under a policy sends nothing unsigned to the hosts that are left")
  func resumed() throws {
    let ground = try Ground(
      strategy: ", strategy = asks",
      more: """
        local asks = strategy "asks" (function(rollout)
          local first, rest = rollout.targets:split(1)
          rollout:wave(first)
          rollout:approve { name = "go" }
          rollout:wave(rest)
        end)
        """)
    let place = ground.place
    let parked = try place.lander("deploy", "--json")
    #expect(parked.code == 13, "\(parked)")
    let id = String(try #require(parked.out.firstMatch(of: /[0-9]{8}-[0-9]{6}-[a-z0-9]{4}/)).output)
    let refused = try place.lander("approve", id, environment: ground.policy)
    #expect(refused.code == 3 && refused.err.contains("is not signed"), "\(refused)")
    #expect(ground.text("h2") == nil)
    #expect(try place.lander("bundle", "sign", try ground.built(), "--key", "machine/key").code == 0)
    let good = try place.lander("approve", id, environment: ground.policy)
    #expect(good.code == 0 && ground.text("h2") == "one", "\(good)")
  }

  @Test("an interrupted deployment that is resumed under a policy sends nothing unsigned, and ends as a failed one")
  func interrupted() throws {
    let ground = try Ground(
      strategy: """
        , stages = {
            stage "prepare" { run = function() here:run("test -e go || { touch begun; sleep 60; }", { on_lost = "repeat" }) end },
            stage.upload, stage.rollout {},
          }
        """)
    let place = ground.place
    let running = try place.start(["deploy", "--output", "plain"])
    try place.wait(for: "begun")
    running.send(SIGKILL)
    _ = running.wait()
    try place.write("", to: "go")
    let resumed = try place.run(["resume"], ground.policy)
    #expect([10, 12].contains(resumed.code) && (resumed.err + resumed.out).contains("is not signed"), "\(resumed)")
    #expect(!place.exists("h1/srv/web/current") && !place.exists("h2/srv/web/current"))
    #expect(try place.lander("deploy").code == 0, "without a policy it is deployed")
  }

  @Test("a policy that demands signed bundles has to say who signs", arguments: ["\"signed_bundles\": true", "\"signed_bundles\": 1"])
  func broken(_ field: String) throws {
    let ground = try Ground()
    try ground.place.write("{ \"policy\": 1, \(field) }", to: "machine/policy.json")
    let run = try ground.place.lander("deploy", environment: ground.policy)
    #expect(run.code == 3 && run.err.contains("cannot be used"), "\(run)")
  }
}
