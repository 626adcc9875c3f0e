/// A version of a plugin, ordered as semantic versions are. Missing parts count as 0.
package struct PluginVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  package var major: Int
  package var minor: Int
  package var patch: Int
  /// The identifiers after the dash of a pre-release such as `2.0.0-rc.1`, or empty if the version is a release.
  package var early: [String]
  /// The number of parts that were written, 1 to 3.
  let written: Int

  /// Reads `1.2.3`, `1.2` or `2.0.0-rc.1`. Returns nil if the string is not a version.
  package init?(_ text: String) {
    guard text.utf8.count <= 100 else { return nil }
    let dash = text.firstIndex(of: "-") ?? text.endIndex
    let numbers = text[..<dash].parts(at: ".", keepingEmpty: true).map(Self.number)
    guard (1...3).contains(numbers.count), !numbers.contains(nil) else { return nil }
    let early = dash == text.endIndex ? [] : text[text.index(after: dash)...].parts(at: ".", keepingEmpty: true).map(String.init)
    guard early.allSatisfy(Self.isIdentifier), dash == text.endIndex || !early.isEmpty else { return nil }
    func part(_ index: Int) -> Int { index < numbers.count ? numbers[index] ?? 0 : 0 }
    (major, minor, patch) = (part(0), part(1), part(2))
    (self.early, written) = (early, numbers.count)
  }

  private static func number(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return text.utf8.count > 1 && text.utf8.first == 48 ? nil : Int(text)
  }

  private static func isIdentifier(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 45 }
  }

  package var description: String { "\(major).\(minor).\(patch)" + (early.isEmpty ? "" : "-" + early.joined(separator: ".")) }

  package static func == (a: Self, b: Self) -> Bool { a.numbers == b.numbers && a.early == b.early }
  package func hash(into hasher: inout Hasher) { hasher.combine(description) }
  private var numbers: [Int] { [major, minor, patch] }

  /// Orders a pre-release before its release, and numeric identifiers before other identifiers.
  package static func < (a: Self, b: Self) -> Bool {
    guard a.numbers == b.numbers else { return a.numbers.lexicographicallyPrecedes(b.numbers) }
    guard !a.early.isEmpty, !b.early.isEmpty else { return !a.early.isEmpty && b.early.isEmpty }
    for (one, other) in zip(a.early, b.early) where one != other {
      switch (Int(one), Int(other)) {
      case (let x?, let y?): return x < y
      case (_?, nil): return true
      case (nil, _?): return false
      default: return one.utf8.lexicographicallyPrecedes(other.utf8)
      }
    }
    return a.early.count < b.early.count
  }
}
