/// The `context` of a permission: an SELinux label.
package struct SecurityLabel: Sendable, Hashable {
  package var type: String
  /// The SELinux user, or nil for the user that the policy sets.
  package var user: String?
  /// The range, such as `s0` or `s0-s2:c0,c4.c7`, or nil for the range that the policy sets.
  package var range: String?

  package init(type: String, user: String? = nil, range: String? = nil) {
    self.type = type
    self.user = user
    self.range = range
  }

  init(_ node: SpecNode) throws(SpecProblem) {
    guard case .map = node.content else {
      throw SpecProblem(.structure, "context is \(node.named) where a map with type belongs", line: node.line)
    }
    guard let type = node["type"], type.isTruthy else {
      throw SpecProblem(
        .securityLabel, "invalid context type: context has no type", line: node.line, fix: "type: httpd_sys_content_t")
    }
    self.type = type.scalar?.printed ?? ""
    user = node["name"].flatMap { $0.isTruthy ? $0.scalar?.printed : nil }
    if let range = node["range"], range.isTruthy {
      let text = range.scalar?.printed ?? ""
      guard Self.isRange(text) else {
        throw SpecProblem(
          .securityLabel, "invalid context range \(text): it is sN or sN-sM with N ≤ M, then : and ascending categories c0…c1023",
          line: range.line, fix: "range: s0:c0,c4.c7")
      }
      self.range = text
    }
  }

  /// Returns whether a string is a range: `sN[-sM][:cA[.cB][,…]]`, with N ≤ M, and categories from 0 to 1023 in ascending order, each at
  /// most once.
  static func isRange(_ text: String) -> Bool {
    let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let levels = halves[0].split(separator: "-", omittingEmptySubsequences: false).map { number($0, after: "s") }
    guard (1...2).contains(levels.count), let low = levels[0], let high = levels[levels.count - 1], low <= high else { return false }
    guard halves.count == 2 else { return true }
    var last = -1
    for part in halves[1].split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: ".", omittingEmptySubsequences: false).map { number($0, after: "c") }
      guard (1...2).contains(ends.count) else { return false }
      for end in ends {
        guard let end, end <= 1023, end > last else { return false }
        last = end
      }
    }
    return true
  }

  private static func number(_ text: Substring, after letter: Character) -> Int? {
    guard text.first == letter, text.count > 1, text.dropFirst().allSatisfy(\.isNumber) else { return nil }
    return Int(text.dropFirst())
  }
}
