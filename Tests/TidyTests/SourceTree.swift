import Foundation

/// The project's folder as these tests read it.
struct SourceTree {
  /// One text file of the project.
  struct File {
    /// Relative to the project.
    var path: String
    var text: String
    var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    var isSwift: Bool { path.hasSuffix(".swift") }
    /// The folder right under `Sources` or `Tests`.
    var room: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    var name: String { path.split(separator: "/").last.map(String.init) ?? path }
  }

  var root: URL
  /// Every text file that belongs to the project, in the order of paths.
  var files: [File]

  /// Read once for all tests.
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

  /// Build products, states and recorded material: in the folder, but not ours to tidy.
  private static func isForeign(_ name: String, in folder: String) -> Bool {
    if name.hasPrefix(".build") || [".git", ".lander", ".swiftpm", "Package.resolved"].contains(name) { return true }
    if folder == "Tests/Conformance/appspec" { return true }
    return name.hasSuffix(".xctest") || name.hasSuffix(".profraw")
  }

  func swift(under folder: String) -> [File] { files.filter { $0.isSwift && $0.path.hasPrefix(folder + "/") } }
  func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root.appending(path: path).path) }
  func text(_ path: String) -> String { files.first { $0.path == path }?.text ?? "" }

  /// The package's description, without its comments.
  var package: String { Blanked(text("Package.swift"), keepingStrings: true).text }
}

/// A regular expression of a test, with what it found line by line.
struct Pattern {
  private let expression: NSRegularExpression

  init(_ pattern: String) {
    // A pattern is a literal of this target: one that does not compile is a mistake of the test.
    expression = try! NSRegularExpression(pattern: pattern, options: [.anchorsMatchLines])
  }

  /// Each match: its line (from 1) and its first group, or all of it if it has none.
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
