import Glibc

/// Splits a channel's stream into answers. An answer consists of pieces, and ends with its number and status. Before each piece comes a
/// line with the nonce and the length of the piece. Anything that the login shell and its children print between pieces is skipped. The
/// contents of a piece are never searched.
struct Frames {
  /// One command's answer: its output, its stderr output, and its exit status.
  struct Frame: Equatable {
    var number: Int
    var status: Int
    var output: [UInt8] = []
    var errors: [UInt8] = []
  }
  /// The error for a stream that no longer has our format.
  struct Garbled: Error {}
  /// The largest size of one answer, in bytes.
  static let largest = 256 << 20
  /// The largest number of bytes between two pieces that are kept. They are kept for a diagnosis, and because a line can arrive in parts.
  private static let noise = 1 << 16

  private enum Place: Equatable {
    case between
    /// Inside a piece. The values say which stream the piece belongs to, and how many of its bytes are still missing.
    case piece(errors: Bool, left: Int)
  }
  private let mark: [UInt8]
  private var place = Place.between
  private var buffer: [UInt8] = []
  private var searched = 0
  private var output: [UInt8] = []
  private var errors: [UInt8] = []

  init(nonce: String) { mark = Array("\n\(nonce) ".utf8) }

  /// The bytes that belong to no answer. Another program wrote them when the channel broke.
  var rest: [UInt8] { buffer }

  /// Takes bytes as they arrive.
  /// - Returns: the answers that are now complete.
  mutating func take(_ bytes: [UInt8]) throws(Garbled) -> [Frame] {
    var frames: [Frame] = []
    var bytes = bytes[...]
    while true {
      switch place {
      case .piece(let isErrors, let left):
        if !buffer.isEmpty {
          bytes = buffer + bytes
          buffer = []
        }
        let part = bytes.prefix(left)
        bytes = bytes.dropFirst(part.count)
        if isErrors { errors += part } else { output += part }
        place = part.count == left ? .between : .piece(errors: isErrors, left: left - part.count)
        if part.count < left { return frames }
      case .between:
        buffer += bytes
        bytes = []
        guard let start = find(), let end = buffer[(start + mark.count)...].firstIndex(of: 10) else {
          forget()
          return frames
        }
        let line = String(decoding: buffer[(start + mark.count)..<end], as: UTF8.self)
        buffer.removeSubrange(0...end)
        searched = 0
        if let frame = try read(line) { frames.append(frame) }
      }
    }
  }

  /// Drops the oldest bytes between two pieces if there are too many.
  private mutating func forget() {
    let more = buffer.count - Frames.noise
    guard more > Frames.noise else { return }
    buffer.removeFirst(more)
    searched = max(0, searched - more)
  }

  /// Reads a line about a piece: `+LENGTH`, `-LENGTH` or `=NUMBER STATUS`. Returns the answer if the line ends one, or nil if a piece
  /// follows.
  private mutating func read(_ line: String) throws(Garbled) -> Frame? {
    let words = line.dropFirst().split(separator: " ", omittingEmptySubsequences: false).map { Int($0) }
    switch line.first {
    case "+", "-":
      guard words.count == 1, let left = words[0], left >= 0, left <= Frames.largest - output.count - errors.count else { throw Garbled() }
      place = .piece(errors: line.first == "-", left: left)
      return nil
    case "=":
      guard words.count == 2, let number = words[0], let status = words[1], number >= 0 else { throw Garbled() }
      defer { (output, errors) = ([], []) }
      return Frame(number: number, status: status, output: output, errors: errors)
    default: throw Garbled()
    }
  }

  private mutating func find() -> Int? {
    guard buffer.count >= mark.count else { return nil }
    let found: Int? = buffer.withUnsafeBytes { all in
      mark.withUnsafeBytes { mark in
        guard let base = all.baseAddress, let word = mark.baseAddress else { return nil }
        var at = searched
        let last = all.count - mark.count
        while at <= last, let hit = memchr(base + at, 10, last - at + 1) {
          if memcmp(hit, word, mark.count) == 0 { return UnsafeRawPointer(hit) - base }
          at = UnsafeRawPointer(hit) - base + 1
        }
        return nil
      }
    }
    searched = found ?? max(0, buffer.count - mark.count)
    return found
  }
}
