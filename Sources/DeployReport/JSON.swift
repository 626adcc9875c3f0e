package import DeployModel

/// Writes values as JSON. The members of a record keep their order.
package enum JSON {
  /// Returns the value on one line, without spaces. A number that JSON does not have becomes `null`.
  package static func text(_ value: Value) -> String {
    var out = ""
    write(value, to: &out)
    return out
  }

  /// Makes a record whose members keep their order. A member with the value nil is left out.
  package static func record(_ members: [(String, Value?)]) -> Value {
    .record(members.compactMap { name, value in value.map { Value.Member(name, $0) } })
  }

  private static func write(_ value: Value, to out: inout String) {
    switch value {
    case .null: out += "null"
    case .bool(let bool): out += bool ? "true" : "false"
    case .int(let int): out += String(int)
    case .number(let number): out += number.isFinite ? "\(number)" : "null"
    case .text(let text): quote(text, to: &out)
    case .list(let list):
      out += "["
      for (index, element) in list.enumerated() {
        if index > 0 { out += "," }
        write(element, to: &out)
      }
      out += "]"
    case .record(let members):
      out += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { out += "," }
        quote(member.name, to: &out)
        out += ":"
        write(member.value, to: &out)
      }
      out += "}"
    }
  }

  /// Escapes control characters, line and paragraph separators, and invisible characters, so that every program sees a line of JSON as one
  /// line. It also escapes `#` and the second of two `:`, because CI systems treat `##vso[…]`, `##[…]` and `::…::` as commands anywhere in
  /// a line.
  private static func quote(_ text: String, to out: inout String) {
    out += "\""
    var before: Unicode.Scalar = " "
    for scalar in text.unicodeScalars {
      defer { before = scalar }
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      default:
        if scalar.value < 0x20 || scalar.value == 0x7F || SafeText.isHidden(scalar) || scalar == "#" || scalar == ":" && before == ":" {
          for unit in String(scalar).utf16 {
            let digits = String(unit, radix: 16)
            out += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
          }
        } else {
          out.unicodeScalars.append(scalar)
        }
      }
    }
    out += "\""
  }
}
