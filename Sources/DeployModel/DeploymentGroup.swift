/// A named selection of hosts.
package struct DeploymentGroup: Sendable, Hashable, Codable {
  package var name: String
  /// All hosts, with name patterns expanded, in the order in which the file lists them. The hosts are numbered when a plan is made.
  package var hosts: [Host]
  package var tags: Value
  package var params: Value
  package var place: SourcePlace?
  package init(name: String, hosts: [Host], tags: Value = .record([]), params: Value = .record([]), place: SourcePlace? = nil) {
    self.name = name
    self.hosts = hosts
    self.tags = tags
    self.params = params
    self.place = place
  }
}

/// A number of hosts, or a share of them.
package enum Amount: Sendable, Hashable, Codable {
  case count(Int)
  case percent(Double)

  /// Resolves the amount to a minimum out of `total`. A share is rounded up.
  package func atLeast(of total: Int) -> Int {
    switch self {
    case .count(let count): min(count, total)
    case .percent(let percent): min(total, Int(bounded: (Double(total) * percent / 100 - 1e-9).rounded(.up)))
    }
  }
  /// Resolves the amount to a maximum out of `total`. A share is rounded down. If the share is above 0 and there is at least one host, the
  /// result is at least 1.
  package func atMost(of total: Int) -> Int {
    switch self {
    case .count(let count): min(count, total)
    case .percent(let percent): percent > 0 ? min(total, max(1, Int(bounded: Double(total) * percent / 100 + 1e-9))) : 0
    }
  }
}

/// A parameter that a recipe declares, with its type.
package struct Parameter: Sendable, Hashable, Codable {
  package enum Kind: Sendable, Hashable, Codable {
    case boolean
    case integer(min: Int?, max: Int?)
    case number(min: Double?, max: Double?)
    /// A share in per cent, 0…100, written as `10` or `10%`.
    case percent
    case string(match: String?)
    case choice([String])
    case duration
    /// A list of strings. Each string must be one of `choices`, unless `choices` is empty, and must match `match`, unless `match` is nil.
    /// `min` and `max` limit the number of strings.
    case list(choices: [String], match: String?, min: Int?, max: Int?)

    package var isList: Bool { if case .list = self { true } else { false } }
  }
  package var name: String
  package var kind: Kind
  /// The default value, or nil if the caller must give the parameter.
  package var standard: Value?
  package var help: String
  package var place: SourcePlace?
  package init(name: String, kind: Kind, standard: Value? = nil, help: String = "", place: SourcePlace? = nil) {
    self.name = name
    self.kind = kind
    self.standard = standard
    self.help = help
    self.place = place
  }
}
