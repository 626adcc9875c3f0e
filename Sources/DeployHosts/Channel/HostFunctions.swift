import DeployModel

/// The functions in `Program/*.sh`, with the functions that each of them needs. A channel and its keeper get only the functions that they
/// need. There are two reasons: every byte is sent again for each channel, and a shell takes longer to read a function than to start a
/// program.
struct HostFunctions: Sendable {
  /// Some of the functions, identified by their positions in the program.
  typealias Selection = Set<Int>

  /// A function, or a line outside functions.
  private struct Piece {
    var name: String?
    var text: [UInt8]
  }
  private let pieces: [Piece]
  private let places: [ExactText: Int]
  /// The functions that each function mentions, by position.
  private let calls: [[Int]]

  /// Calls that happen only if the engine asks for them. In that case, the engine's request lists the called function.
  private static let rare: [(caller: String, called: String)] = [
    ("l_job", "l_as_user"), ("l_stop", "l_as_user"), ("l_ask", "l_as_user"), ("l_stage", "l_keep"), ("l_lock", "l_latest"),
    ("l_lock", "l_numbered"), ("l_lock", "l_saw"),
  ]
  /// Calls in lists that the engine generates.
  private static let listed: [(caller: String, called: [String])] = [
    ("l_stage", ["l_aged", "l_moded", "l_one", "l_dir", "l_sym", "l_gone", "l_shared"]),
    ("l_repair", ["l_one", "l_put_dir", "l_put_file", "l_put_link", "l_own"]),
    ("l_compare", ["l_is_file", "l_is_link"]), ("l_differs", ["l_is_file", "l_is_link"]),
  ]

  init(_ files: [[UInt8]]) {
    let pieces = HostFunctions.pieces(files)
    var places: [ExactText: Int] = [:]
    for (place, piece) in pieces.enumerated() { if let name = piece.name { places[ExactText(name)] = place } }
    var calls = pieces.map { piece in piece.name == nil ? [] : HostFunctions.names(in: piece.text, among: places) }
    for (caller, called) in HostFunctions.listed {
      guard let place = places[ExactText(caller)] else { continue }
      calls[place] += called.compactMap { places[ExactText($0)] }
    }
    for (caller, called) in HostFunctions.rare {
      guard let place = places[ExactText(caller)], let other = places[ExactText(called)] else { continue }
      calls[place].removeAll { $0 == other }
    }
    (self.pieces, self.places, self.calls) = (pieces, places, calls)
  }

  /// The functions with these names, and all functions that they need.
  func needed(by names: [String]) -> Selection {
    var found: Selection = []
    var next = names.compactMap { places[ExactText($0)] }
    while let place = next.popLast() {
      if found.insert(place).inserted { next += calls[place] }
    }
    return found
  }

  /// The lines outside functions. They are evaluated once, at their positions between the functions.
  var lines: Selection { Selection(pieces.indices.filter { pieces[$0].name == nil }) }
  var all: Selection { Selection(pieces.indices) }

  /// The text of a selection, in the program's order.
  func text(of selection: Selection) -> [UInt8] { selection.sorted().flatMap { pieces[$0].text } }

  /// The names of functions in a text. Names of variables, such as `$l_a` and `l_a=`, do not count.
  private static func names(in text: [UInt8], among places: [ExactText: Int]) -> [Int] {
    var found: [Int] = []
    var start = text.startIndex
    while start < text.endIndex {
      guard isWord(text[start]) else {
        start += 1
        continue
      }
      let end = text[start...].firstIndex { !isWord($0) } ?? text.endIndex
      defer { start = end }
      let before = start > text.startIndex ? text[start - 1] : 10
      let after = end < text.endIndex ? text[end] : 10
      guard text[start...].starts(with: "l_".utf8), !"$./{-#".utf8.contains(before), after != UInt8(ascii: "=") else { continue }
      if let place = places[ExactText(String(decoding: text[start..<end], as: UTF8.self))] { found.append(place) }
    }
    return found
  }
  private static func isWord(_ byte: UInt8) -> Bool { byte.isLetterOrDigit || byte == UInt8(ascii: "_") }

  /// Splits the files into pieces, and leaves out comment lines, empty lines and leading blanks. This is safe because no file has a
  /// multi-line string in which these would matter.
  private static func pieces(_ files: [[UInt8]]) -> [Piece] {
    var pieces: [Piece] = []
    var isInside = false
    for line in files.lazy.flatMap({ $0.split(separator: 10) }) {
      let rest = line.drop { $0 == UInt8(ascii: " ") }
      if rest.isEmpty || rest.first == UInt8(ascii: "#") { continue }
      let short = Array(rest) + [10]
      if isInside {
        pieces[pieces.count - 1].text += short
        isInside = line.first != UInt8(ascii: "}")
        continue
      }
      var name: String?
      if let end = line.firstIndex(of: UInt8(ascii: "(")), line.starts(with: "l_".utf8), line[end...].starts(with: "() ".utf8) {
        name = String(decoding: line[..<end], as: UTF8.self)
        isInside = line.last == UInt8(ascii: "{")
      }
      pieces.append(Piece(name: name, text: short))
    }
    return pieces
  }
}
