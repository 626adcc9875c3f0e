import DeployModel

extension Neighbours {
  /// Returns a configuration's rules for the hosts of a selection, or nil if the configuration has none. Shares refer to all hosts with the
  /// same value.
  /// - Throws: a problem with the numbers for each rule that applies to no host or allows no host to change.
  static func rules(_ configuration: DeploymentConfiguration, for selection: Selection) throws(Problems) -> [Neighbours]? {
    var (rules, problems): ([Neighbours], [Problem]) = ([], [])
    func add(_ rule: Rule, _ tag: String, _ each: NeighbourRule? = nil) {
      let all = selection.hosts + selection.bystanders
      guard all.contains(where: { $0.value(of: tag) != nil }) else {
        return problems.append(missing(rule, tag, all, configuration))
      }
      let tagged = selection.hosts.indices.compactMap { index in selection.hosts[index].value(of: tag).map { (value: $0, index: index) } }
        .sorted { a, b in a.value.isExactly(b.value) ? a.index < b.index : a.value.utf8.lexicographicallyPrecedes(b.value.utf8) }
      var values: [String] = []
      var places: [Int?] = selection.hosts.map { _ in nil }
      for (value, index) in tagged {
        if values.last?.isExactly(value) != true { values.append(value) }
        places[index] = values.count - 1
      }
      var neighbours = Neighbours(rule, tag: tag, values: values, places: places)
      if let each { problems += neighbours.take(each, selection, configuration) }
      rules.append(neighbours)
    }
    if let slots = Slots.apart(selection.hosts) { rules.append(slots) }
    for tag in configuration.apart ?? [] { add(.apart, tag) }
    for tag in configuration.alone ?? [] { add(.alone, tag) }
    if let each = configuration.each { add(.each, each.tag, each) }
    if !problems.isEmpty { throw Problems(problems) }
    return rules.isEmpty ? nil : rules
  }

  /// Computes the floors and budgets of an `each` rule.
  /// - Returns: the problems of values for which the rule cannot be kept.
  private mutating func take(_ each: NeighbourRule, _ selection: Selection, _ configuration: DeploymentConfiguration) -> [Problem] {
    var problems: [Problem] = []
    for (place, value) in values.enumerated() {
      let (own, others) = (
        places.count { $0 == place }, selection.bystanders.count { $0.value(of: tag)?.isExactly(value) == true }
      )
      let all = own + others
      if let floor = each.floor {
        let least = floor.atLeast(of: all)
        let isAll = if case .percent(let share) = floor { share >= 100 } else { least >= all }
        if isAll, all > 0 {
          problems.append(
            Problem(
              "the floor of each \(tag) lets none of the \(all) \(all == 1 ? "host" : "hosts") of \(tag) \(value) move",
              place: configuration.place,
              fix: all == 1
                ? "leave the floor of each \(tag) out, or add a host to \(tag) \(value)" : "set it to \(all - 1) or less"))
        }
        floors.append(max(0, min(least, all - 1) - others))
      }
      if let failed = each.failed { budgets.append(failed.atMost(of: all)) }
    }
    return problems
  }

  private static func missing(_ rule: Rule, _ tag: String, _ hosts: [Host], _ configuration: DeploymentConfiguration) -> Problem {
    var tags: [String] = []
    for host in hosts { for member in host.tags.members where !tags.contains(member.name) { tags.append(member.name) } }
    return Problem(
      "\(rule.rawValue) names the tag \"\(tag)\", and no host has it", place: configuration.place,
      fix: NearMatch.hint(tag, among: tags))
  }

  /// The rule for a rollback. It never blocks the rollback permanently: hosts wait for each other, but a host begins if no other host is
  /// under way.
  var forWayBack: Neighbours {
    var back = self
    back.yields = true
    back.budgets = []
    return back
  }

  /// Returns why some hosts of the plan could never begin: other hosts are out of service and would stay out of service. Returns nil if
  /// every host can begin sooner or later.
  func deadlock(_ hosts: [HostPlan]) -> String? {
    guard yields != true, rule != .alone else { return nil }
    var tallies = values.map { _ in Tally() }
    for (number, host) in hosts.enumerated() { if let place = places[number] { tallies[place].add(host) } }
    for (place, tally) in tallies.enumerated() where tally.moves && !tally.comes {
      let (value, all) = (values[place], tally.members)
      if rule == .apart, tally.serving < all {
        let out = all - tally.serving
        return "\(out) of the \(all) hosts of \(tag) \(value) \(out == 1 ? "is" : "are") out of service "
          + "(\(tally.away.joined(separator: ", "))), and never two of them may be: none of the others may be taken out"
      }
      if rule == .each, floors.indices.contains(place), tally.serving <= floors[place] {
        return "\(tally.serving) of \(all) hosts of \(tag) \(value) serve now and the floor is \(floors[place]) of these: "
          + "none may be taken out of service"
      }
    }
    return nil
  }

  /// Numbers about the plan's hosts that share one value of a tag.
  private struct Tally {
    var members = 0
    var serving = 0
    /// The names of the hosts that do not serve.
    var away: [String] = []
    /// Whether the plan changes a host that serves.
    var moves = false
    /// Whether the plan brings a host into service that does not serve now.
    var comes = false

    mutating func add(_ host: HostPlan) {
      members += 1
      let isLeftOut = if case .leftOut = host.action { true } else { false }
      let isChanged = host.action == .change
      guard host.serves, !isLeftOut else {
        away.append(host.host.name)
        comes = comes || isChanged && host.willServe
        return
      }
      serving += 1
      moves = moves || isChanged
    }
  }
}

extension Host {
  /// The value of a tag as a string, or nil if the host has no such tag.
  fileprivate func value(of tag: String) -> String? {
    switch tags[tag] {
    case .text(let text): text
    case .int(let int): "\(int)"
    case .bool(let bool): "\(bool)"
    default: nil
    }
  }
}
