/// A rule for hosts that share the value of a tag, which holds whatever a strategy decides.
package struct Neighbours: Sendable, Hashable, Codable {
  package enum Rule: String, Sendable, Hashable, Codable {
    /// At most one host of each value is out of service: the two of a pair.
    case apart
    /// Only hosts of one value are out of service at a time: one rack, then the next.
    case alone
    /// Each value has a floor of hosts that keep serving and a budget of hosts that may fail: zones.
    case each
  }
  package var rule: Rule
  package var tag: String
  /// In the order of their bytes.
  package var values: [String]
  /// The index of each host's value, by host number; nil: the host has no such tag, and the rule ignores it.
  package var places: [Int?]
  /// For `each`: how many hosts of the plan keep serving, by value. Empty: there is no floor.
  package var floors: [Int]
  /// For `each`: how many hosts may fail, by value. Empty: there is no budget.
  package var budgets: [Int]
  /// Whether hosts begin in spite of the rule if no host is under way for which the rule could wait, as in a rollback; nil: they do not.
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

  /// The rule for some of the hosts, numbered by their places in the list.
  package func among(_ hosts: [Int]) -> Neighbours {
    var some = self
    some.places = hosts.map { places.indices.contains($0) ? places[$0] : nil }
    return some
  }
}
