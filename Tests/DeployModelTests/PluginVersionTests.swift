import DeployModel
import Testing

@Suite struct PluginVersionTests {
  private func version(_ text: String) throws -> PluginVersion { try #require(PluginVersion(text)) }

  @Test("versions are in the order of semantic versions, early ones before their release")
  func order() throws {
    let ordered = [
      "0.9.0", "1.0.0-1", "1.0.0-2", "1.0.0-10", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-beta", "1.0.0", "1.0.1", "1.2", "1.10.0", "2",
    ]
    let versions = try ordered.map(version)
    for (first, second) in zip(versions, versions.dropFirst()) { #expect(first < second && !(second < first), "\(first) \(second)") }
    #expect(try version("1.2") == version("1.2.0"))
  }

  @Test(
    "a range takes what it says",
    arguments: [
      ("^1.2", ["1.2.0", "1.2.9", "1.9.0"], ["1.1.9", "2.0.0", "2.0.0-rc.1"]), ("^0.2.3", ["0.2.3", "0.2.9"], ["0.2.2", "0.3.0"]),
      ("^0.0.3", ["0.0.3"], ["0.0.4"]), ("^1", ["1.0.0", "1.9.9"], ["2.0.0"]), ("~1.2.3", ["1.2.3", "1.2.9"], ["1.3.0", "1.2.2"]),
      ("~1", ["1.0.0", "1.9.0"], ["2.0.0"]), ("1.2.3", ["1.2.3"], ["1.2.4", "1.2.2"]), ("=1.2", ["1.2.0"], ["1.2.1"]),
      (">=1.0 <2", ["1.0.0", "1.9.9"], ["0.9.9", "2.0.0"]), (">1.0.0 <=1.5.0", ["1.0.1", "1.5.0"], ["1.0.0", "1.5.1"]),
      ("*", ["0.0.1", "9.9.9"], ["1.0.0-rc.1"]), ("^1.0.0-rc.1", ["1.0.0-rc.1", "1.0.0-rc.2", "1.0.0"], ["1.0.0-alpha", "1.1.0-rc.1"]),
    ])
  func ranges(text: String, good: [String], bad: [String]) throws {
    let range = try #require(VersionRange(text))
    for text in good { #expect(range.holds(try version(text)), "\(range) \(text)") }
    for text in bad { #expect(!range.holds(try version(text)), "\(range) \(text)") }
  }

  @Test("what is no range is none", arguments: ["", " ", "^", "^^1", "1 ||", "latest", "v1", "^1.x", "<>1", "1.2.3.4"])
  func noRange(text: String) { #expect(VersionRange(text) == nil) }
}
