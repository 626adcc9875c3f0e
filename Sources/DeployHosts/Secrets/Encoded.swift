import DeployModel

/// The forms in which other programs might print a value, as bytes to search for.
enum Encoded {
  /// Returns the value in Base64, in both alphabets, and for each position that it can have in a longer text, such as `user:VALUE` in
  /// HTTP's Basic authentication. A form contains only the digits that depend on nothing but the value. Additional forms also have the last
  /// digit, for a value at the end of the text. No form has `=`.
  static func base64(_ bytes: [UInt8]) -> [[UInt8]] {
    var forms: [[UInt8]] = []
    for extra in ["+/", "-_"] {
      let digits = Array(("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + extra).utf8)
      for before in 0..<3 {
        let padded = [UInt8](repeating: 0, count: before) + bytes
        var text: [UInt8] = []
        for at in stride(from: 0, to: padded.count, by: 3) {
          let three = (0..<3).map { at + $0 < padded.count ? Int(padded[at + $0]) : 0 }
          let bits = three[0] << 16 | three[1] << 8 | three[2]
          for digit in 0..<min(4, padded.count - at + 1) { text.append(digits[bits >> (18 - 6 * digit) & 63]) }
        }
        let begin = [0, 2, 3][before]
        guard text.count > begin else { continue }
        forms.append(Array(text[begin...]))
        forms.append(Array(text[begin..<max(begin, padded.count * 8 / 6)]))
      }
    }
    return forms
  }

  /// Returns the value percent-encoded: with upper-case and lower-case digits, with `%20` and `+` for a space, and with `/` unchanged.
  static func percent(_ bytes: [UInt8]) -> [[UInt8]] {
    var forms: [[UInt8]] = []
    for upper in [true, false] {
      for (plus, slash) in [(false, false), (true, false), (false, true)] {
        forms.append(
          bytes.flatMap { byte -> [UInt8] in
            switch byte {
            case _ where byte.isPlainInName, UInt8(ascii: "~"): return [byte]
            case UInt8(ascii: " ") where plus: return [UInt8(ascii: "+")]
            case UInt8(ascii: "/") where slash: return [byte]
            default: return [UInt8(ascii: "%")] + Hex.digits([byte], upper: upper)
            }
          })
      }
    }
    return forms
  }

  /// Returns the value as it appears between the quotes of a JSON string. Programs differ in how they write `/`, letters outside ASCII, and
  /// `<`, `>` and `&`.
  static func json(_ text: String) -> [[UInt8]] {
    var forms: [[UInt8]] = []
    for (slash, ascii, html) in [
      (false, false, false), (true, false, false), (false, true, false), (true, true, false), (false, false, true), (false, true, true),
    ] {
      for upper in [false, true] {
        var form: [UInt8] = []
        for scalar in text.unicodeScalars {
          let unit: [UInt8]
          switch scalar {
          case "\"": unit = Array("\\\"".utf8)
          case "\\": unit = Array("\\\\".utf8)
          case "\n": unit = Array("\\n".utf8)
          case "\r": unit = Array("\\r".utf8)
          case "\t": unit = Array("\\t".utf8)
          case "/" where slash: unit = Array("\\/".utf8)
          case "<" where html, ">" where html, "&" where html: unit = number(scalar, upper)
          default: unit = scalar.value < 0x20 || ascii && scalar.value > 0x7E ? number(scalar, upper) : Array(String(scalar).utf8)
          }
          form += unit
        }
        forms.append(form)
      }
    }
    return forms
  }
  private static func number(_ scalar: Unicode.Scalar, _ upper: Bool) -> [UInt8] {
    String(scalar).utf16.flatMap { Array("\\u".utf8) + Hex.digits([UInt8($0 >> 8), UInt8($0 & 255)], upper: upper) }
  }

  /// Returns the value as shells print it with `set -x` or `printf %q`.
  static func quoted(_ text: String) -> [[UInt8]] {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:=@%+,-".utf8)
    let escaped = text.utf8.flatMap { plain.contains($0) || $0 > 127 ? [$0] : [UInt8(ascii: "\\"), $0] }
    return [text.replacing("'", with: "'\\''"), text.replacing("'", with: "'\"'\"'")].map { Array($0.utf8) } + [escaped]
  }

  /// Returns the value as it appears in HTML and XML.
  static func markup(_ text: String) -> [[UInt8]] {
    let some = text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    return ["&quot;", "&#34;"].flatMap { quote in
      ["'", "&#39;", "&apos;"].map { Array(some.replacing("\"", with: quote).replacing("'", with: $0).utf8) }
    }
  }
}
