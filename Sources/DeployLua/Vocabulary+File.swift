import DeployModel

/// The vocabulary as a file of the prelude. It is kept with each deployment beside the rest of the prelude, because the prelude reads
/// options by the names of types that are in it: a later engine may have other names.
extension Vocabulary {
  static let path = "prelude/vocabulary.lua"
  static let file = SourceFile(
    path: path, text: "-- The words of the recipe language and their fields.\nvocabulary = \(lua(wire, line: "\n"))\n")

  /// Types that fields have, each once. A name with `|` lists texts and needs no type.
  static let types: [String] = {
    var names: [String] = []
    for function in functions {
      for field in function.fields where !field.type.contains("|") && !names.contains(field.type) { names.append(field.type) }
    }
    return names
  }()

  /// A value as Lua writes it.
  /// - Parameter line: what stands before each member; nothing inside members.
  private static func lua(_ value: Value, line: String = "") -> String {
    switch value {
    case .null: "nil"
    case .bool(let bool): bool ? "true" : "false"
    case .int(let int): "\(int)"
    case .number(let number): "\(number)"
    case .text(let text): quoted(text)
    case .list(let list): "{ " + list.map { lua($0) }.joined(separator: ", ") + " }"
    case .record(let members): "{ " + members.map { "\(line)[\(quoted($0.name))] = \(lua($0.value))" }.joined(separator: ", ") + " }"
    }
  }

  private static func quoted(_ text: String) -> String {
    var bytes: [UInt8] = [UInt8(ascii: "\"")]
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0..<32: bytes += Array("\\x\(byte < 16 ? "0" : "")\(String(byte, radix: 16))".utf8)
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes + [UInt8(ascii: "\"")], as: UTF8.self)
  }
}
