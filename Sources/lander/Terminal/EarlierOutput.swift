import DeployModel
import Foundation

/// Recognises earlier outputs of Lander that somebody laid out in another way, for example with `jq . result.json` or `sort`.
enum EarlierOutput {
  /// The largest size of a file that is read, in bytes.
  private static let most = 16 << 20

  /// Whether an open file holds what an option of this form writes: JSON in any layout, or variables in any order.
  static func isIn(_ file: Int32, of form: String) -> Bool {
    guard ["--result", "--out", "--events", "--dotenv"].contains(form), let bytes = bytes(of: file) else { return false }
    if form == "--dotenv" { return isVariables(String(decoding: bytes, as: UTF8.self)) }
    guard let value = try? JSONDecoder().decode(Value.self, from: Data(form == "--events" ? first(of: bytes) : bytes[...])) else {
      return false
    }
    let type = value["type"]?.text
    switch form {
    case "--events": return value["specversion"]?.text != nil && type?.hasPrefix("lander.") == true
    case "--result": return value["v"]?.int != nil && value["exit"]?.int != nil && type == "ended"
    default: return value["v"]?.int != nil && value["engine"] != nil && type == "plan"
    }
  }

  private static func isVariables(_ text: String) -> Bool {
    let lines = text.fullLines
    return lines.allSatisfy { $0.hasPrefix("LANDER_") } && lines.contains { $0.hasPrefix("LANDER_EXIT=") }
  }

  /// Returns the bytes of a file without a byte order mark, or nil if there are too many or they cannot be read.
  private static func bytes(of file: Int32) -> [UInt8]? {
    var (bytes, chunk): ([UInt8], [UInt8]) = ([], [UInt8](repeating: 0, count: 1 << 16))
    while true {
      let count = pread(file, &chunk, chunk.count, off_t(bytes.count))
      if count < 0, errno == EINTR { continue }
      guard count >= 0, bytes.count + count <= most else { return nil }
      if count == 0 { return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes }
      bytes += chunk[..<count]
    }
  }

  /// Returns the first object of a text with several objects, or the whole text if its first object does not end.
  private static func first(of bytes: [UInt8]) -> ArraySlice<UInt8> {
    var (depth, isQuoted, isEscaped) = (0, false, false)
    for (index, byte) in bytes.enumerated() {
      if isQuoted {
        if isEscaped {
          isEscaped = false
        } else if byte == UInt8(ascii: "\\") {
          isEscaped = true
        } else {
          isQuoted = byte != UInt8(ascii: "\"")
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isQuoted = true
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"):
        depth -= 1
        if depth == 0 { return bytes[...index] }
      default: break
      }
    }
    return bytes[...]
  }
}
