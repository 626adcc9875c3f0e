import DeployModel

/// Applies one rule for hosts that have the same value of a tag. For each value, it counts the hosts that serve, that are under way, that
/// are ready, and that have failed.
struct Neighbourhood: Sendable, Hashable {
  let rule: Neighbours
  /// The number of hosts with each value.
  private let members: [Int]
  private let floors: [Int]
  private var serving: [Int]
  private var underWay: [Int]
  private var ready: [Int]
  private var failed: [Int]
  private var underWayInAll = 0
  private var readyInAll = 0

  /// - Parameter serves: for each host, by its number, whether it serves at the start.
  init(_ rule: Neighbours, serves: [Bool]) {
    self.rule = rule
    let none = rule.values.map { _ in 0 }
    var (members, serving) = (none, none)
    for (host, place) in rule.places.enumerated() {
      guard let place else { continue }
      members[place] += 1
      if serves.indices.contains(host), serves[host] { serving[place] += 1 }
    }
    floors = zip(rule.floors, serving).map { min($0, $1) }
    (self.members, self.serving, underWay, ready, failed) = (members, serving, none, none, none)
  }

  private func place(of host: Int) -> Int? { rule.places.indices.contains(host) ? rule.places[host] : nil }

  /// Returns the verdict that keeps a host from beginning now, or nil if this rule lets it begin.
  /// - Parameter serves: whether the host serves now, so that its change takes it out of service.
  func holds(_ host: Int, serves: Bool) -> Admission.Verdict? {
    guard let place = place(of: host), let reason = obstacle(at: place, serves: serves) else { return nil }
    if underWayInAll > 0 { return .wait }
    return rule.yields == true ? nil : .never(reason)
  }

  private func obstacle(at place: Int, serves: Bool) -> String? {
    let (tag, value) = (rule.tag, rule.values[place])
    switch rule.rule {
    case .apart:
      if underWay[place] > 0 { return "another host of \(tag) \(value) is under way" }
      guard serves, serving[place] < members[place] else { return nil }
      let (out, all) = (members[place] - serving[place], members[place])
      return "\(out) of \(all) hosts of \(tag) \(value) \(out == 1 ? "is" : "are") out of service, and never two of them may be"
    case .alone:
      guard underWayInAll > underWay[place] || readyInAll > ready[place] else { return nil }
      return "hosts of another \(tag) than \(value) are ready and out of service, and only one \(tag) at a time may be"
    case .each:
      guard serves, floors.indices.contains(place), serving[place] - 1 < floors[place] else { return nil }
      return "\(serving[place]) of \(members[place]) hosts of \(tag) \(value) serve and the floor is \(floors[place]) of these"
    }
  }

  /// Records that a host is under way.
  /// - Parameters:
  ///   - served: whether the host served before.
  ///   - wasReady: whether a wave had left the host ready.
  mutating func started(_ host: Int, served: Bool, wasReady: Bool) {
    guard let place = place(of: host) else { return }
    underWay[place] += 1
    underWayInAll += 1
    if served { serving[place] -= 1 }
    if wasReady {
      ready[place] -= 1
      readyInAll -= 1
    }
  }

  mutating func ended(_ host: Int, serves: Bool, isReady: Bool) {
    guard let place = place(of: host) else { return }
    underWay[place] -= 1
    underWayInAll -= 1
    if serves { serving[place] += 1 }
    if isReady {
      ready[place] += 1
      readyInAll += 1
    }
  }

  mutating func hostFailed(_ host: Int) { if let place = place(of: host) { failed[place] += 1 } }

  /// Why no further host is allowed to start, or nil if no budget is exceeded.
  var exhausted: String? {
    for (place, most) in rule.budgets.enumerated() where failed[place] > most {
      let hosts = "\(failed[place]) \(failed[place] == 1 ? "host" : "hosts")"
      return "\(hosts) of \(rule.tag) \(rule.values[place]) failed and the budget allows \(most)"
    }
    return nil
  }

  /// Returns the hosts of a wave, ordered so that no host waits longer than the rule requires. For `alone`, all hosts of one value come
  /// before the hosts of the next value. For `apart`, the first host of each value comes first, then the second host of each value.
  func arranged(_ hosts: [Int]) -> [Int] {
    switch rule.rule {
    case .each: return hosts
    case .alone:
      var byValue: [[Int]] = rule.values.map { _ in [] }
      for host in hosts { if let place = place(of: host) { byValue[place].append(host) } }
      return hosts.filter { place(of: $0) == nil } + byValue.flatMap { $0 }
    case .apart:
      var met = rule.values.map { _ in 0 }
      var rounds: [[Int]] = []
      for host in hosts {
        let round = place(of: host).map { met[$0] } ?? 0
        if let place = place(of: host) { met[place] += 1 }
        while rounds.count <= round { rounds.append([]) }
        rounds[round].append(host)
      }
      return rounds.flatMap { $0 }
    }
  }
}
