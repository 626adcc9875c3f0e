import Testing

/// No code is written twice.
@Suite struct RepetitionTests {
  /// The places of two equal sequences of lines.
  struct Repetition: Hashable {
    var first: String
    var second: String
  }

  /// The number of equal lines that count as a repetition. Shorter sequences are often only the grammar of the language.
  static let length = 6

  /// Returns the significant lines with their numbers: without comments, outer white space, imports and lines with only brackets.
  static func lines(of file: SourceTree.File) -> [(number: Int, text: String)] {
    let text = file.isSwift ? Blanked(file.text, keepingStrings: true).text : file.text
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap { index, line in
      let words = line.split(whereSeparator: \.isWhitespace)
      guard let first = words.first, !["import", "--", "#"].contains(first), !words.contains("import") else { return nil }
      let text = words.joined(separator: " ")
      let isBracket = text.allSatisfy { "()[]{},;".contains($0) } || ["end", "else", "fi", "done", "} else {"].contains(text)
      return isBracket ? nil : (index + 1, text)
    }
  }

  static func repetitions(in files: [SourceTree.File]) -> [Repetition] {
    var known: [String: String] = [:]
    var found: [Repetition] = []
    for file in files {
      let lines = lines(of: file)
      guard lines.count >= length else { continue }
      for start in 0...(lines.count - length) {
        let key = lines[start..<start + length].map(\.text).joined(separator: "\n")
        let place = "\(file.path):\(lines[start].number)"
        if let first = known[key] { found.append(Repetition(first: first, second: place)) } else { known[key] = place }
      }
    }
    return found
  }

  @Test("no six lines of the program stand in it twice")
  func sources() {
    let code = SourceTree.here.files.filter { file in
      ["Sources/", "recipes/", "plugins/"].contains { file.path.hasPrefix($0) }
        && [".swift", ".lua", ".sh", ".c", ".h"].contains { file.path.hasSuffix($0) }
    }
    for repetition in Self.repetitions(in: code) {
      Issue.record("\(repetition.second) repeats what \(repetition.first) says: write it once")
    }
  }

  @Test("six lines that differ in white space, comments and brackets alone are found, five are not")
  func planted() {
    let first = (1...6).map { "let a\($0) = \($0)" }
    let second = first.map { "    \($0) // so\n\n  )" }
    let files = { (count: Int) in
      [
        SourceTree.File(path: "a.swift", text: first.joined(separator: "\n")),
        SourceTree.File(path: "b.swift", text: "import X\n" + second.prefix(count).joined(separator: "\n")),
      ]
    }
    #expect(Self.repetitions(in: files(6)) == [Repetition(first: "a.swift:1", second: "b.swift:2")])
    #expect(Self.repetitions(in: files(5)).isEmpty)
  }
}
