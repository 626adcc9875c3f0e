/// A rule for the hosts that share a value of a tag. A strategy cannot change the rule.
package struct Neighbours: Sendable, Hashable, Codable {
  package enum Rule: String, Sendable, Hashable, Codable {
    /// At most one of the hosts that share a value is out of service, as for the two hosts of a pair.
    case apart
    /// All hosts that are out of service share one value, so that one rack follows after another.
    case alone
    /// Each value, such as a zone, has its own floor and its own budget of failed hosts.
    case each
  }
  package var rule: Rule
  package var tag: String
  /// The tag's values, sorted by their bytes.
  package var values: [String]
  /// For each host, by its number, the index of its value in `values`, or nil if the host has no such tag and the rule therefore ignores
  /// it.
  package var places: [Int?]
  /// For `each`, the number of hosts that keep serving, for each value. Empty if there is no floor.
  package var floors: [Int]
  /// For `each`, the number of hosts that are allowed to fail, for each value. Empty if there is no budget.
  package var budgets: [Int]
  /// Whether a host is allowed to break the rule once no host is under way, as in a rollback. While a host is under way, the other hosts
  /// wait. Nil means no.
  package var yields: Bool?

  package init(
    _ rule: Rule, tag: String, values: [String], places: [Int?], floors: [Int] = [], budgets: [Int] = [], yields: Bool? = nil
  ) {
    self.rule = rule
    self.tag = tag
    self.values = values
    self.places = places
    self.floors = floors
    self.budgets = budgets
    self.yields = yields
  }

  /// Returns the rule for these hosts only. In the result, a host's number is its index in `hosts`.
  package func among(_ hosts: [Int]) -> Neighbours {
    var some = self
    some.places = hosts.map { places.indices.contains($0) ? places[$0] : nil }
    return some
  }
}
