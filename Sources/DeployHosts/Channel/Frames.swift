import Glibc

/// Splits one stream of a channel into the answers of its commands: each ends with a line that begins with the nonce.
struct Frames {
  /// One command's bytes on this stream, its number, and its exit status.
  struct Frame: Equatable {
    var number: Int
    var status: Int
    var bytes: [UInt8]
  }
  private let mark: [UInt8]
  private var buffer: [UInt8] = []
  private var searched = 0

  init(nonce: String) { mark = Array("\n\(nonce) ".utf8) }

  /// What came and belongs to no frame yet: what a stranger said, where the channel broke.
  var rest: [UInt8] { buffer }

  /// Takes bytes as they come; gives the frames that are complete now.
  mutating func take(_ bytes: [UInt8]) -> [Frame] {
    buffer.append(contentsOf: bytes)
    var frames: [Frame] = []
    while let start = find(), let end = buffer[(start + mark.count)...].firstIndex(of: 10) {
      let words = String(decoding: buffer[(start + mark.count)..<end], as: UTF8.self).split(separator: " ").compactMap { Int($0) }
      if words.count == 2 { frames.append(Frame(number: words[0], status: words[1], bytes: Array(buffer[0..<start]))) }
      buffer.removeSubrange(0...end)
      searched = 0
    }
    return frames
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
