import Foundation
import Testing

/// Swift compares and splits texts by visible characters, but hosts, files and Lua do so by bytes.
@Suite("Texts are cut and looked up by their bytes")
struct ByteTests {
  /// Expressions that split or search by characters, each with its replacement.
  private static let traps: [(pattern: String, instead: String)] = [
    (#"(?<!unicodeScalars)(?<!utf8)\.split\(separator: "\\(n|r\\n|t|0)""#, "fullLines, or parts(at:)"),
    (#"\.isNewline\b"#, "fullLines"),
    (#"\bSet<String>"#, "Set<ExactText>"),
    (#"\[String: "#, "[ExactText: …]"),
    (#"\.name == (name|host|recipe|group|wanted)\b"#, "isExactly"),
    (#"\.(application|path) [!=]= [a-z]"#, "isExactly"),
  ]

  /// Files whose texts are the program's own, or that handle characters on purpose, each with the reason.
  private static let free: [(path: String, reason: String)] = [
    ("Sources/DeployAppSpec/", "keys of YAML documents, as its parser gives them"),
    ("Sources/DeploySimulation/", "names that the simulation made"),
    ("Sources/DeployLua/Language/", "words of Lander's own, which are ASCII"),
    ("Sources/DeployLua/Review/LibraryUse.swift", "names that stand here"),
    ("Sources/DeployLua/Review/Tokens.swift", "it only guesses lines for messages"),
    ("Sources/DeployHosts/Secrets/Redactor.swift", "more lines of a secret than there are hide more"),
    ("Sources/DeployStore/Secrets/SecretSources.swift", "the process's variables, as the system's library gives them"),
    ("Sources/lander/Wiring/Folder.swift", "the process's variables, as the system's library gives them"),
    ("Sources/DeployStore/Coding/JSONReader.swift", "a type in an error"),
    ("Sources/DeployStore/Bundles/DirectoryBundleStore+Upkeep.swift", "digests in hex"),
    ("Sources/DeployHosts/Releases/Hosts+Releases.swift", "digests in hex"),
    ("Sources/DeployHosts/Releases/Hosts+Truth.swift", "names of jobs, which are ids"),
    ("Sources/DeployHosts/Channel/HostLink.swift", "ids of jobs"),
    ("Sources/DeployHosts/Channel/Reach.swift", "names that stand here"),
    ("Sources/lander/Options/OptionNames.swift", "options, which are ASCII"),
    ("Sources/DeployDesk/Planning/Desk+Build.swift", "names of secrets, which are ASCII"),
    ("Sources/DeployDesk/Rehearsal/Rehearsing.swift", "names of secrets, which are ASCII"),
    ("Sources/DeployStore/Bundles/Tree.swift", "a name that stands here"),
    ("Sources/DeployReport/", "words for people"),
    ("Sources/DeployDesk/Plugins/", "names of plugins, which are ASCII"),
    ("Sources/lander/Wiring/Policy/", "names of plugins, which are ASCII"),
    ("Sources/lander/Wiring/Plugins/", "names of plugins, which are ASCII, and refs, of which each is a tag that reads as a version"),
  ]

  @Test("no source cuts a text at a line end by letters, or looks a name up by them")
  func traps() throws {
    let traps = try Self.traps.map { (try NSRegularExpression(pattern: $0.pattern), $0.instead) }
    for file in SourceTree.here.swift(under: "Sources") where !Self.free.contains(where: { file.path.hasPrefix($0.path) }) {
      for (number, line) in Blanked(file.text, keepingStrings: true).text.split(separator: "\n", omittingEmptySubsequences: false)
        .enumerated()
      {
        let text = String(line)
        for (trap, instead) in traps where trap.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil {
          Issue.record("\(file.path):\(number + 1): \(text.trimmingCharacters(in: .whitespaces)): write \(instead)")
        }
      }
    }
  }

  @Test("the list of exceptions names files that are there")
  func exceptions() {
    for exception in Self.free {
      #expect(SourceTree.here.files.contains { $0.path.hasPrefix(exception.path) }, "\(exception.path)")
    }
  }
}
