import DeployModel

/// Decodes gates.
extension Ask {
  mutating func gate(_ hosts: Int) throws(Failure) -> Gate {
    let kind = try needed("kind", "a kind of gate") { $0.text.flatMap(Gate.Kind.init) }
    let watch = kind == .check ? try watch(hosts) : kind == .analysis ? try analysis(hosts) : nil
    return Gate(
      kind, name: try text("name"), message: try optionalText("message") ?? "", time: try interval("time"), watch: watch,
      failing: try optional("on_fail", "fail or return") { $0.text.flatMap(Gate.Failing.init) } ?? .fail,
      undecided: try optional("on_inconclusive", "ask, fail or pass") { $0.text.flatMap(Gate.Undecided.init) } ?? .ask,
      from: try optional("approvers", "a list of names") { value in Self.all(value) { $0.text } },
      count: try optionalInt("count", 1...Self.approvals), place: from)
  }

  /// The largest number of people who can be required to approve one gate.
  private static let approvals = 100

  private mutating func watch(_ hosts: Int) throws(Failure) -> Watch {
    let function = try optionalInt("function", 1...Int.max)
    let question: Watch.Question = if let function { .function(function) } else { .check(try check()) }
    let numbers = try optional("hosts", "a list of numbers of hosts") { value in
      Self.all(value) { item in item.int.flatMap { (0..<hosts).contains($0) ? $0 : nil } }
    }
    return Watch(
      question, hosts: numbers, isFromEngine: try flag("engine"), every: try interval("every"), looks: try int("looks", 1...Self.checks),
      limit: try interval("limit"), allow: try int("allow", 0...Int.max), isPlayed: try flag("played") ? true : nil)
  }

  private mutating func analysis(_ hosts: Int) throws(Failure) -> Watch {
    let function = try int("function", 1...Int.max)
    func numbers(_ value: Value) -> [Int]? { Self.all(value) { item in item.int.flatMap { (0..<hosts).contains($0) ? $0 : nil } } }
    let canaries = try needed("canary", "a list of numbers of hosts", numbers)
    let twins = try needed("baseline", "a list of numbers of hosts", numbers)
    let alpha = try needed("alpha", "a number") { value in
      if case .number(let number) = value { number } else { value.int.map(Double.init) }
    }
    let comparison = Comparison(
      try needed("unit", "rate or value") { $0.text.flatMap(Comparison.Unit.init) }, pairs: canaries.count, margin: try text("margin"),
      alpha: alpha)
    return Watch(
      .function(function), hosts: canaries + twins, every: try interval("every"), looks: try int("looks", 1...Self.checks),
      limit: try interval("limit"), allow: 0, isPlayed: try flag("played") ? true : nil, comparison: comparison)
  }

  /// The largest number of checks of each host: the first check, and 10,000 more.
  private static let checks = 10_001
}
