import DeployModel
import Foundation
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
      var redactor = Redactor(patterns)
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
    // What the hook itself printed is the only trace, and lies in files for the login user alone.
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
