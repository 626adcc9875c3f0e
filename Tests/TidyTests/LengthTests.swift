import Foundation
import Testing

/// Things stay small enough to be read.
@Suite struct LengthTests {
  let tree = SourceTree.here
  var code: [SourceTree.File] { tree.files.filter { $0.isSwift || $0.path.hasSuffix(".lua") || $0.text.hasPrefix("#!") } }

  @Test("no file of code has more than 400 lines, few have more than 300, and half have fewer than 150")
  func files() {
    let counts = code.map { ($0.path, $0.lines.count) }
    for (path, count) in counts where count > 401 {
      Issue.record("\(path) has \(count - 1) lines: split it where its subject changes (at most 400)")
    }
    let long = counts.filter { $0.1 > 301 }.map(\.0)
    #expect(long.count * 10 <= counts.count, "more than one file in ten has over 300 lines: \(long.joined(separator: ", "))")
    let median = counts.map(\.1).sorted()[counts.count / 2]
    #expect(median <= 150, "the median file has \(median) lines")
  }

  @Test("no line of code is wider than 140 columns")
  func lines() {
    for file in code {
      for (number, line) in file.lines.enumerated() where line.count > 140 {
        Issue.record("\(file.path):\(number + 1) has \(line.count) columns: break it (at most 140)")
      }
    }
  }

  @Test("no function has more than 70 lines")
  func functions() {
    for file in tree.files where file.isSwift && file.path != "Package.swift" {
      for function in Blanked(file.text).functions where function.length > 70 {
        let place = "\(file.path):\(function.line) \(function.name)"
        Issue.record("\(place) has \(function.length) lines: keep the decisions, move out the rest (at most 70)")
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
