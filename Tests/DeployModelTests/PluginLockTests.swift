import DeployModel
import Foundation
import Testing

@Suite struct PluginLockTests {
  private static let digest = String(repeating: "0f", count: 32)

  private func read(_ text: String) throws -> PluginLock { try PluginLock(JSONDecoder().decode(Value.self, from: Data(text.utf8))) }

  private func plugin(_ name: String, dependencies: [PluginManifest.Dependency] = []) -> LockedPlugin {
    LockedPlugin(
      name: name, version: PluginVersion("1.2.0")!,  // a valid version, so it is not nil
      source: "file:///srv/\"\(name)\\\n", commit: String(repeating: "a", count: 40),
      sha256: Digest(hex: Self.digest), capabilities: ["host.run", "secret:T"], dependencies: dependencies, wanted: VersionRange("^1"))
  }

  @Test("a lock is written sorted, one field a line, and read as it was written")
  func roundTrip() throws {
    let lock = PluginLock([plugin("b"), plugin("a", dependencies: [.init(name: "b", range: .any)])])
    #expect(try read(lock.text) == lock)
    #expect(try read(PluginLock().text) == PluginLock())
    #expect(
      PluginLock([
        LockedPlugin(
          name: "chat", version: PluginVersion("1.2")!, source: "../chat", commit: nil, sha256: Digest(hex: Self.digest),  // a version
          capabilities: [], wanted: nil)
      ]).text == """
        {
          "lock": 1,
          "plugins": {
            "chat": {
              "capabilities": [],
              "dependencies": {},
              "name": "chat",
              "sha256": "\(Self.digest)",
              "source": "../chat",
              "version": "1.2.0"
            }
          }
        }

        """)
  }

  @Test("a lock that says nonsense is refused, and what is wrong is named")
  func nonsense() throws {
    let good = PluginLock([plugin("a")]).text
    for (from, to, word) in [
      ("\"lock\": 1", "\"lock\": 2", "form 2"), ("\"version\": \"1.2.0\"", "\"version\": \"x\"", "version of a"),
      (Self.digest, "12", "sha256 of a"), ("\"name\": \"a\"", "\"name\": \"b\"", "name of a"), ("\"a\": {", "\"../a\": {", "name of ../a"),
      ("\"wanted\"", "\"want\"", "want"), ("\"plugins\"", "\"plugin\"", "plugin"), ("\"commit\": \"a", "\"commit\": \"-", "commit of a"),
    ] {
      do {
        _ = try read(good.replacing(from, with: to))
        Issue.record("\(to) was read")
      } catch let problem as Problem { #expect(problem.message.contains(word), "\(problem.message)") }
    }
  }

  @Test("plugins whose versions do not fit are named with what helps")
  func misfits() throws {
    let lock = PluginLock([plugin("b"), plugin("a", dependencies: [.init(name: "b", range: VersionRange("^2")!)])])  // a valid range
    #expect(lock.problems.map(\.message) == ["plugin a needs b ^2, and deploy.lock has 1.2.0"])
  }
}
