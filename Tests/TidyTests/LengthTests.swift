import Foundation
import Testing

/// Files and functions stay short enough to be read.
@Suite struct LengthTests {
  let tree = SourceTree.here
  var code: [SourceTree.File] { tree.files.filter { $0.isSwift || $0.path.hasSuffix(".lua") || $0.text.hasPrefix("#!") } }

  @Test("no file of code has more than 350 lines, one in twenty has more than 240, and half have at most 100")
  func files() {
    // A file ends with a line break, after which the count has one more, empty line.
    let counts = code.map { ($0.path, $0.lines.count - 1) }
    for (path, count) in counts where count > 350 {
      Issue.record("\(path) has \(count) lines: split it where its subject changes (at most 350)")
    }
    let sorted = counts.map(\.1).sorted()
    #expect(sorted[sorted.count / 2] <= 100, "the median file has \(sorted[sorted.count / 2]) lines (at most 100)")
    #expect(sorted[sorted.count * 95 / 100] <= 240, "one file in twenty has over \(sorted[sorted.count * 95 / 100]) lines (at most 240)")
  }

  @Test("no line of code is wider than 140 columns")
  func lines() {
    for file in code {
      for (number, line) in file.lines.enumerated() where line.count > 140 {
        Issue.record("\(file.path):\(number + 1) has \(line.count) columns: break it (at most 140)")
      }
    }
  }

  @Test("no function of the program has more than 60 lines, and none of its tests more than 70")
  func functions() {
    for file in tree.files where file.isSwift && file.path != "Package.swift" {
      for function in Blanked(file.text).functions where function.length > (file.path.hasPrefix("Tests/") ? 70 : 60) {
        let place = "\(file.path):\(function.line) \(function.name)"
        Issue.record("\(place) has \(function.length) lines: keep the decisions, move out the rest")
      }
    }
  }

  @Test("no file is empty, and none ends without a line break or in blank lines")
  func ends() {
    for file in tree.files where file.isSwift || file.path.hasSuffix(".lua") || file.path.hasSuffix(".md") {
      let words = Blanked(file.text).text.trimmingCharacters(in: .whitespacesAndNewlines)
      let alone = file.name == file.room + ".swift" && tree.files.count { $0.path.hasPrefix("Sources/\(file.room)/") } == 1
      if file.isSwift, !alone { #expect(!words.isEmpty, "\(file.path) holds no code: delete it") }
      if !words.isEmpty { #expect(file.text.hasSuffix("\n") && !file.text.hasSuffix("\n\n"), "\(file.path) must end with one line break") }
    }
  }
}
