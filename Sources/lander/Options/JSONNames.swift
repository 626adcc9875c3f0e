import DeployModel
import Foundation

/// The names in the text of a JSON object, with repetitions. Foundation's reader silently keeps only one member of each name.
enum JSONNames {
  /// Returns the names that the outermost object has more than once, in order.
  /// - Parameter text: valid JSON.
  static func repeated(in text: [UInt8]) -> [String] {
    var (seen, repeated): (Set<ExactText>, [String]) = ([], [])
    for name in outermost(text) where !seen.insert(ExactText(name)).inserted && !repeated.contains(name) { repeated.append(name) }
    return repeated
  }

  private static func outermost(_ text: [UInt8]) -> [String] {
    var (names, depth, index) = ([String](), 0, 0)
    // A string is a name if it comes after the { of the outermost object, or after a comma directly in that object.
    var isName = false
    while index < text.count {
      switch text[index] {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        depth += 1
        isName = depth == 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ","): isName = depth == 1
      case UInt8(ascii: "\""):
        let end = closingQuote(text, after: index)
        if isName, let name = try? JSONDecoder().decode(String.self, from: Data(text[index...end])) { names.append(name) }
        (isName, index) = (false, end)
      default: break
      }
      index += 1
    }
    return names
  }

  private static func closingQuote(_ text: [UInt8], after start: Int) -> Int {
    var index = start + 1
    while index < text.count - 1, text[index] != UInt8(ascii: "\"") { index += text[index] == UInt8(ascii: "\\") ? 2 : 1 }
    return min(index, text.count - 1)
  }
}
