import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

@Suite("Secrets at the transport's edge", .serialized)
struct SecretTests {
  static let value = "p4ss w0rd/with+chars"

  @Test("a value is found wherever it is cut, and in its other forms")
  func redactor() {
    let patterns = Redactor.patterns(name: "DB", value: SecretTests.value)
    let text = "a p4ss w0rd/with+chars b p4ss w0rd cDRzcyB3MHJkL3dpdGgrY2hhcnM= p4ss%20w0rd%2Fwith%2Bchars p4ss w0rd/with+char"
    let wanted = "a <secret DB> b p4ss w0rd <secret DB>= <secret DB> p4ss w0rd/with+char"
    for size in 1...text.utf8.count {
      var redactor = Redactor(Redactor.Matcher(patterns))
      var clean: [UInt8] = []
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        clean += redactor.take(Array(rest.prefix(size)))
        rest = rest.dropFirst(size)
      }
      clean += redactor.finish()
      #expect(String(decoding: clean, as: UTF8.self) == wanted, "in pieces of \(size)")
    }
  }

  @Test("what a command wrote lies on the host for its owner only, and is gone once its deployment has ended", arguments: Shell.here)
  func left(_ shell: Shell) async throws {
    let ground = try Ground(shell, secrets: ["DB": SecretTests.value])
    let words = "echo \"got $DB\"; echo \"bad $DB\" >&2"
    let command = Command(.shell(words), environment: [.init("DB", Text(pieces: [.secret(name: "DB")]))])
    func files() throws -> [String] {
      let jobs = "\(ground.path)/.lander/jobs"
      return try FileManager.default.subpathsOfDirectory(atPath: jobs).map { "\(jobs)/\($0)" }
    }
    func holds() throws -> [String] { try files().filter { Ground.text($0)?.contains(SecretTests.value) == true } }
    #expect(await ground.perform(1, Ground.ask("a", fence: 1), site: ground.site("d1", token: "a")).failure == nil)
    #expect(await ground.perform(2, .run(command), site: ground.site("d1", token: "a")).failure == nil)
    #expect(try holds().count == 2)
    for path in try files() {
      let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
      #expect((mode ?? 0) & 0o077 == 0, "\(path): \(mode ?? 0)")
    }
    // Removing the lock does not end the deployment, because a resume reads the output again.
    #expect(await ground.perform(0, .unlock(token: "a"), site: ground.site("d1", token: "a")).failure == nil)
    #expect(try holds().count == 2)
    #expect(await ground.perform(3, Ground.ask("b", fence: 2), site: ground.site("d2", fence: 2, token: "b")).failure == nil)
    #expect(await ground.perform(4, .run(command), site: ground.site("d2", fence: 2, token: "b")).failure == nil)
    #expect(await ground.perform(5, .unlock(token: "b"), site: ground.site("d2", fence: 2, token: "b")).failure == nil)
    #expect(try holds() == [])
    await ground.end()
  }

  private static func clean(_ text: String, _ value: String) -> String {
    String(decoding: Redactor.clean(Array(text.utf8), Redactor.Matcher(Redactor.patterns(name: "S", value: value))), as: UTF8.self)
  }

  @Test("a value is found in base64 wherever it stands in what was encoded, in both alphabets, and over the line ends of base64")
  func base64() {
    for value in ["p4ssw0rd", "p4ssw0rdX", "p4ssw0rdXY", "ÿÿÿ???>>>~~~", String(repeating: "key-material/+", count: 20)] {
      for before in ["", "u", "us", "user:"] {
        for after in ["", "\n", "@h", "@ho", "@host"] {
          let whole = Data((before + value + after).utf8)
          let plain = whole.base64EncodedString()
          let url = plain.replacingOccurrences(of: "+", with: "-").replacingOccurrences(of: "/", with: "_")
          for text in [plain, url, plain.replacingOccurrences(of: "=", with: "")] {
            let clean = Self.clean("Basic \(text) end", value)
            #expect(clean.contains("<secret S>"), "\(before)…\(after): \(clean)")
            // At most one character on each side may stay, because it depends on the neighbouring bytes too.
            #expect(clean.utf8.count <= text.utf8.count + 20 - value.utf8.count, "\(before)…\(after): \(clean)")
          }
          let wrapped = whole.base64EncodedString(options: [.lineLength76Characters, .endLineWithLineFeed])
          #expect(Self.clean(wrapped, value).utf8.count < 40)
        }
      }
    }
  }

  @Test("a value is found in hex, in JSON, in URLs, in HTML and as shells quote it, and its lines one by one")
  func forms() {
    let value = "pa\"ss\\wo/r'd &<ü>"
    let hex = Array(value.utf8).map { String(format: "%02x", $0) }.joined()
    let forms = [
      value, hex, hex.uppercased(), #"pa\"ss\\wo/r'd &<ü>"#, #"pa\"ss\\wo\/r'd &<ü>"#, #"pa\"ss\\wo/r'd &<\u00fc>"#,
      #"pa\"ss\\wo/r'd \u0026\u003cü\u003e"#, "pa%22ss%5Cwo%2Fr%27d%20%26%3C%C3%BC%3E",
      "pa%22ss%5cwo%2fr%27d%20%26%3c%c3%bc%3e",
      "pa%22ss%5Cwo%2Fr%27d+%26%3C%C3%BC%3E", "pa&quot;ss\\wo/r&#39;d &amp;&lt;ü&gt;",
      #"pa"ss\wo/r'\''d &<ü>"#, #"pa\"ss\\wo/r\'d\ \&\<ü\>"#,
    ]
    for form in forms { #expect(Self.clean("a \(form) b", value) == "a <secret S> b", "\(form)") }
    let key = "-----BEGIN KEY-----\nAAAAB3NzaC1yc2E\n  short\nend\n-----END KEY-----\n"
    #expect(Self.clean("    AAAAB3NzaC1yc2E\n", key) == "    <secret S>\n")
    #expect(Self.clean("-----BEGIN KEY----- AAAAB3NzaC1yc2E short end", key) == "<secret S> <secret S> short end")
    #expect(Self.clean(key, key) == "<secret S>")
    let wrapped = hex.enumerated().map { $0.offset % 10 == 9 ? "\($0.element)\n" : "\($0.element)" }.joined()
    #expect(Self.clean(wrapped, value) == "<secret S>" || Self.clean(wrapped, value) == "<secret S>\n")
  }

  @Test("a value at the very end of an output is found, also where a longer form of it or of another secret begins alike")
  func endsInside() {
    let key = "-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA\n-----END KEY-----"
    #expect(SecretTests.clean("first:-----BEGIN KEY-----", key) == "first:<secret S>")
    #expect(SecretTests.clean(#"bs:back5lash6\"#, #"back5lash6\"#) == "bs:<secret S>")
    let matcher = Redactor.Matcher(
      Redactor.patterns(name: "A", value: "hunter2secret") + Redactor.patterns(name: "B", value: "hunter2secretplus"))
    for (text, wanted) in [
      ("a:hunter2secret", "a:<secret A>"), ("b:hunter2secretplus", "b:<secret B>"), ("c:hunter2secretp", "c:<secret A>p"),
      ("d:hunter2secrethunter2secre", "d:<secret A>hunter2secre"),
    ] {
      #expect(String(decoding: Redactor.clean(Array(text.utf8), matcher), as: UTF8.self) == wanted)
      var bytewise = Redactor(matcher)
      let clean = text.utf8.flatMap { bytewise.take([$0]) } + bytewise.finish()
      #expect(String(decoding: clean, as: UTF8.self) == wanted, "byte by byte")
    }
  }

  @Test("what is looked for costs little: a hundred secrets in output that looks like them")
  func cost() {
    let patterns = (0..<100).flatMap { Redactor.patterns(name: "S\($0)", value: "secret-value-\($0)-with-some-length") }
    let text = Array(String(repeating: "secret-value-of-no-length secret-value-7-with-some-lengt\n", count: 20_000).utf8)
    let start = ContinuousClock.now
    #expect(Redactor.clean(text, Redactor.Matcher(patterns)) == text)
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  @Test("a value that becomes known while a command runs is left out from then on")
  func later() async throws {
    let vault = Vault(FixedSecrets(values: ["DB": SecretTests.value]))
    var capture = Capture(vault)
    #expect(String(decoding: capture.take(Array("before\n".utf8)).bytes, as: UTF8.self) == "before\n")
    _ = try await vault.value(of: "DB")
    let after = capture.take(Array("p4ss w0rd/with+chars\n".utf8)).bytes + capture.finish().bytes
    #expect(String(decoding: after, as: UTF8.self) == "<secret DB>\n")
  }

  @Test("what a host was given does not come back by the engine's machine, nor by a download")
  func oneVault() async throws {
    let ground = try Ground(secrets: ["DB": SecretTests.value])
    let machine = EngineProcesses(directory: ground.folder, vault: ground.hosts.vault)
    let command = Command(
      .shell("printf %s \"$DB\" >'\(ground.folder)/leak'"), environment: [.init("DB", Text(pieces: [.secret(name: "DB")]))])
    #expect(await ground.perform(1, .run(command)).failure == nil)
    func here(_ operation: DeployModel.Operation) async -> Outcome {
      await machine.perform(
        Intent(id: 1, place: .engine, operation: operation, timeout: .seconds(20), site: .init()), of: "leaks", output: { _ in })
    }
    #expect(await here(.run(Command(.shell("cat leak; exit 1")))).stdout?.text == "<secret DB>")
    #expect(await here(.read(path: "leak", limit: 1000)).value == .text("<secret DB>"))
    let download = await ground.perform(2, .download(from: "\(ground.folder)/leak", to: "\(ground.folder)/got"))
    #expect(download.failure?.kind == .invalid && download.failure?.message.contains("holds the value of a secret") == true)
    #expect(Ground.sh("ls '\(ground.folder)' | grep got").isEmpty)
    await machine.close()
    await ground.end()
  }

  @Test("a hook gets its secret by environment and input; no argv, file or output shows it", arguments: Shell.here)
  func hook(_ shell: Shell) async throws {
    let ground = try Ground(shell, secrets: ["DB": SecretTests.value])
    let secret = Text(pieces: [.secret(name: "DB")])
    let line = """
      cat; echo "$DB"; printf 'p4ss w0rd/'; sleep 0.3; echo with+chars
      tr '\\0' ' ' </proc/$$/cmdline; grep -raF 'p4ss w0rd' '\(ground.path)/.lander' && echo FOUND; exit 1
      """
    let heard = Heard()
    let command = Command(.shell(line), environment: [.init("DB", secret)], input: secret)
    let outcome = await ground.hosts.perform(ground.intent(1, .run(command)), at: ground.site()) { heard.take($0) }
    let text = outcome.stdout?.text ?? ""
    #expect(text.hasPrefix("<secret DB><secret DB>\n<secret DB>\n"), "\(text) \(outcome)")
    #expect(!heard.stdout.contains("p4ss w0rd/with"))
    #expect(!Ground.isThere("\(ground.path)/.lander/jobs/d1/1/in"))
    // Only output that the hook itself printed contains the secret, in files that only the login user can read.
    let wide = Ground.sh("find '\(ground.path)/.lander' -type f -perm /077 -exec grep -lF 'p4ss w0rd/with' {} +")
    #expect(wide.isEmpty)
    let named = Ground.sh(
      "grep -lF 'p4ss w0rd/with' '\(ground.path)/.lander/jobs/d1/1/meta' '\(ground.path)/.lander/jobs/d1/1/in' 2>/dev/null")
    #expect(named.isEmpty)
    await ground.end()
  }

  @Test("a secret that is missing, or too short to be kept out of output, is refused before the host is reached")
  func refused() async throws {
    let ground = try Ground(secrets: ["SHORT": "12345"])
    for (name, kind) in [("SHORT", Failure.Kind.invalid), ("NONE", .missing)] {
      let command = Command(.shell("true"), environment: [.init("S", Text(pieces: [.secret(name: name)]))])
      #expect(await ground.perform(1, .run(command)).failure?.kind == kind)
    }
    #expect(!Ground.isThere(ground.path))
    await ground.end()
  }
}
