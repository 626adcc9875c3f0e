/// Swift source in which spaces replace comments and usually strings too, so that only code is left on its original lines.
struct Blanked {
  private(set) var text = ""
  private var input: [Unicode.Scalar]
  private var place = 0
  private var output = String.UnicodeScalarView()
  private let keepingStrings: Bool

  init(_ source: String, keepingStrings: Bool = false) {
    input = Array(source.unicodeScalars)
    self.keepingStrings = keepingStrings
    code(until: nil)
    text = String(output)
  }

  private func looking(at word: String) -> Bool {
    var index = place
    for scalar in word.unicodeScalars {
      guard index < input.count, input[index] == scalar else { return false }
      index += 1
    }
    return true
  }

  private mutating func keep(_ count: Int = 1) {
    for _ in 0..<count where place < input.count {
      output.append(input[place])
      place += 1
    }
  }

  private mutating func blank(_ count: Int = 1) {
    for _ in 0..<count where place < input.count {
      output.append(input[place] == "\n" ? "\n" : " ")
      place += 1
    }
  }

  /// Reads code until the end; inside an interpolation, until the closing bracket.
  private mutating func code(until end: Unicode.Scalar?) {
    var depth = 0
    while place < input.count {
      if looking(at: "//") {
        while place < input.count, input[place] != "\n" { blank() }
      } else if looking(at: "/*") {
        while place < input.count, !looking(at: "*/") { blank() }
        blank(2)
      } else if let hashes = stringStart() {
        string(hashes: hashes)
      } else {
        if input[place] == "(" { depth += 1 }
        if input[place] == ")" {
          if end == ")", depth == 0 { return }
          depth -= 1
        }
        keep()
      }
    }
  }

  /// Returns the number of `#` before the quote of a string that starts here; nil: no string starts here.
  private func stringStart() -> Int? {
    var index = place
    while index < input.count, input[index] == "#" { index += 1 }
    return index < input.count && input[index] == "\"" ? index - place : nil
  }

  private mutating func string(hashes: Int) {
    let marks = String(repeating: "#", count: hashes)
    place(hashes)
    let quote = looking(at: "\"\"\"") ? "\"\"\"" : "\""
    place(quote.count)
    while place < input.count, !looking(at: quote + marks) {
      if looking(at: "\\" + marks + "(") {
        place(2 + hashes)
        code(until: ")")
        place(1)
      } else if looking(at: "\\" + marks) {
        place(2 + hashes)
      } else {
        place(1)
      }
    }
    place(quote.count + hashes)
  }

  private mutating func place(_ count: Int) { if keepingStrings { keep(count) } else { blank(count) } }
}

extension Blanked {
  /// A function or initializer with a body.
  struct Function {
    var line: Int
    var name: String
    var length: Int
  }

  /// All functions, each with the number of lines from its name to its closing brace.
  var functions: [Function] {
    let scalars = Array(text.unicodeScalars)
    var found: [Function] = []
    for match in Pattern(#"\b(func\s+[^\s(<]+|init[?!]?(?=[(<])|deinit(?=\s*\{))"#).matches(in: text) {
      // Matches come in the order of the text, so the line is enough to find the match again.
      guard let start = offset(ofLine: match.line, in: scalars), let length = body(from: start, in: scalars) else { continue }
      found.append(Function(line: match.line, name: match.found, length: length))
    }
    return found
  }

  private func offset(ofLine line: Int, in scalars: [Unicode.Scalar]) -> Int? {
    var current = 1
    var index = 0
    while current < line, index < scalars.count {
      if scalars[index] == "\n" { current += 1 }
      index += 1
    }
    return current == line ? index : nil
  }

  /// Returns the number of lines of the declaration that starts on this line; nil: the declaration has no body.
  private func body(from start: Int, in scalars: [Unicode.Scalar]) -> Int? {
    var depth = 0
    var braces = 0
    var lines = 1
    for index in start..<scalars.count {
      switch scalars[index] {
      case "(", "[": depth += 1
      case ")", "]": depth -= 1
      case "{" where depth == 0: braces += 1
      case "}" where depth == 0:
        braces -= 1
        if braces <= 0 { return lines }
      case "\n":
        if depth == 0, braces == 0, endsSignature(after: index, in: scalars) { return nil }
        lines += 1
      default: break
      }
    }
    return nil
  }

  /// Returns whether the text after this line break cannot belong to a signature.
  private func endsSignature(after index: Int, in scalars: [Unicode.Scalar]) -> Bool {
    let rest = String(String.UnicodeScalarView(scalars[(index + 1)...].prefix(120).drop { $0 == " " || $0 == "\n" }))
    return !["{", "->", "where ", "throws", "async", "rethrows"].contains { rest.hasPrefix($0) }
  }
}
