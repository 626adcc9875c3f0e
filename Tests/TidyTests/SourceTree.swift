import Foundation

/// The files of the project, as these tests read them.
struct SourceTree {
  /// One text file of the project.
  struct File {
    /// The path of the file relative to the project's folder.
    var path: String
    var text: String
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var isSwift: Bool { path.hasSuffix(".swift") }
    /// The name of the folder directly in `Sources` or `Tests`.
    var room: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  }

  var root: URL
  /// Every text file of the project, sorted by path.
  var files: [File]

  /// The project's files, read once for all tests.
  static let here = SourceTree()

  private init() {
    let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().resolvingSymlinksInPath()
    root = tests.deletingLastPathComponent().deletingLastPathComponent()
    files = []
    collect("")
    files.sort { $0.path < $1.path }
  }

  private mutating func collect(_ folder: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)) ?? []
    for name in names where !Self.isForeign(name, in: folder) {
      let path = folder.isEmpty ? name : folder + "/" + name
      let url = root.appending(path: path)
      let values = try? url.resourceValues(forKeys: [.isDirectoryKey, .isSymbolicLinkKey])
      if values?.isSymbolicLink == true { continue }
      if values?.isDirectory == true {
        collect(path)
      } else if let text = try? String(contentsOf: url, encoding: .utf8) {
        files.append(File(path: path, text: text))
      }
    }
  }

  /// Returns whether an entry is not part of the project's own sources, such as build products, state folders and recorded files.
  private static func isForeign(_ name: String, in folder: String) -> Bool {
    if name.hasPrefix(".build") || [".git", ".lander", ".swiftpm", "Package.resolved"].contains(name) { return true }
    if folder == "Tests/Conformance/appspec" { return true }
    return name.hasSuffix(".xctest") || name.hasSuffix(".profraw")
  }

  func swift(under folder: String) -> [File] { files.filter { $0.isSwift && $0.path.hasPrefix(folder + "/") } }
  func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root.appending(path: path).path) }
  func text(_ path: String) -> String { files.first { $0.path == path }?.text ?? "" }

  /// The text of Package.swift without its comments.
  var package: String { Blanked(text("Package.swift"), keepingStrings: true).text }
}

/// A regular expression that finds matches with their line.
struct Pattern {
  private let expression: NSRegularExpression

  init(_ pattern: String) {
    // The pattern is a literal of these tests, so a pattern that does not compile is a mistake in the test.
    expression = try! NSRegularExpression(pattern: pattern, options: [.anchorsMatchLines])
  }

  /// Returns each match: its line, counted from 1, and its first group, or the complete match if it has no group.
  func matches(in text: String) -> [(line: Int, found: String)] {
    let whole = text as NSString
    var line = 1
    var seen = 0
    return expression.matches(in: text, range: NSRange(location: 0, length: whole.length)).map { match in
      line += whole.substring(with: NSRange(location: seen, length: match.range.location - seen)).filter { $0 == "\n" }.count
      seen = match.range.location
      let group = match.numberOfRanges > 1 && match.range(at: 1).location != NSNotFound ? match.range(at: 1) : match.range
      return (line, whole.substring(with: group))
    }
  }

  func found(in text: String) -> Bool { expression.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil }
}
