/// Hosts that share the value of a tag, and what holds among them whatever a strategy decides.
package struct Neighbours: Sendable, Hashable, Codable {
  package enum Rule: String, Sendable, Hashable, Codable {
    /// Of hosts with one value never two are out of service: the two of a pair.
    case apart
    /// Hosts of one value at a time are out of service: one rack, then the next.
    case alone
    /// Of the hosts of each value so many keep serving, and so many may fail: zones.
    case each
  }
  package var rule: Rule
  package var tag: String
  /// In the order of their bytes.
  package var values: [String]
  /// By host number: the index of its value; nil: it has no such tag, and the rule leaves it alone.
  package var places: [Int?]
  /// Of `each`, by value: hosts of the plan that keep serving. Empty: there is no floor.
  package var floors: [Int]
  /// Of `each`, by value: hosts that may fail. Empty: there is no budget.
  package var budgets: [Int]
  /// Whether hosts go all the same if nothing is under way for which the rule could wait, as on a way back; nil: they do not.
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

  /// The same for some of the hosts, which get the numbers of their places in the list.
  package func among(_ hosts: [Int]) -> Neighbours {
    var some = self
    some.places = hosts.map { places.indices.contains($0) ? places[$0] : nil }
    return some
  }
}
