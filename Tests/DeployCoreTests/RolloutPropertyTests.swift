import DeployModel
import PlanDrafts
import Testing

@testable import DeployCore

/// Properties of every rollout, tested with random fleets. The real waves and the real admission decide; a host has only a duration and a
/// status at its end.
@Suite("Every rollout")
struct RolloutPropertyTests {
  /// A fleet, the waves that a strategy requests, and what happens to each host.
  private struct Case {
    var plan: Plan
    var waves: [[Int]]
    var fates: [Fleet.Fate]
  }

  private func status(_ chance: inout Chance, failing: Double) -> HostStatus {
    guard chance.isTrue(failing) else { return .succeeded }
    let all: [HostStatus] = [
      .failed(Fleet.failure), .restored(Fleet.failure), .untouched(Fleet.failure), .unknown(Failure(.unreachable, "no route")),
      .restoreFailed(Fleet.failure, restoring: Fleet.failure, commands: []),
    ]
    return all.randomElement(using: &chance) ?? .succeeded
  }

  /// Divides the hosts into waves at random places.
  private func cut(_ hosts: [Int], _ chance: inout Chance) -> [[Int]] {
    var waves: [[Int]] = []
    var rest = hosts[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...rest.count, using: &chance)
      waves.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    return waves
  }

  private func draw(_ chance: inout Chance) -> Case {
    let hosts = Int.random(in: 1...16, using: &chance)
    let rate: Double = [0.0, 0.02, 0.2, 0.6, 1.0].randomElement(using: &chance) ?? 0
    var bounds = Bounds(
      floor: .random(in: 0..<hosts, using: &chance), parallel: .random(in: 1...hosts, using: &chance),
      failed: .random(in: 0...hosts, using: &chance), unreachable: .random(in: 0...hosts, using: &chance))
    if chance.isTrue(0.3) { bounds.failedInWave = .random(in: 0...3, using: &chance) }
    if chance.isTrue(0.5) { bounds.base = 0.01 }
    if chance.isTrue(0.3) { bounds.healthy = .random(in: 0..<hosts, using: &chance) }
    let without = Set((0..<hosts).filter { _ in chance.isTrue(0.15) })
    let plan = Plan.fleet(hosts, without: without, bounds)
    let order = chance.isTrue(0.5) ? plan.order : Array(0..<hosts).shuffled(using: &chance)
    let fates = (0..<hosts).map { _ in
      Fleet.Fate(duration: .random(in: 1...9, using: &chance), status: status(&chance, failing: rate))
    }
    return Case(plan: plan, waves: cut(order, &chance), fates: fates)
  }

  @Test("in 10,000 random rollouts the floor, the number at once and the budgets hold, and each comes to an end")
  func bounds() {
    var chance = Chance(3)
    for number in 0..<10_000 {
      let one = draw(&chance)
      var fleet = Fleet(one.plan, one.fates)
      let serving = one.plan.hosts.count(where: \.serves)
      for wave in one.waves { fleet.run(wave) }
      let bounds = one.plan.bounds
      #expect(fleet.fewestServing >= min(bounds.floor, serving), "rollout \(number): the floor")
      #expect(fleet.mostUnderWay <= bounds.parallel, "rollout \(number): the number at once")
      #expect(!fleet.brokeBudget, "rollout \(number): a host was begun beyond a budget")
      let isOver = fleet.stopped != nil || fleet.begun.count == one.plan.hosts.count
      #expect(isOver && fleet.admission.inFlight == 0 && fleet.stopped != Fleet.stuck, "rollout \(number) has no end: \(fleet.begun)")
    }
  }

  @Test("rules that are not kept are found by the same checks", arguments: [Lapse.floorIgnored, .budgetIgnored])
  func planted(_ lapse: Lapse) {
    var chance = Chance(3)
    var found = 0
    for _ in 0..<500 {
      let one = draw(&chance)
      var fleet = Fleet(one.plan, one.fates, lapse: lapse)
      for wave in one.waves { fleet.run(wave) }
      let serving = one.plan.hosts.count(where: \.serves)
      if fleet.fewestServing < min(one.plan.bounds.floor, serving) || fleet.brokeBudget { found += 1 }
    }
    #expect(found > 10)
  }

  @Test("in 10,000 random rollouts with no failure to spare, none exposes more hosts than the waves up to the first failure")
  func exposure() {
    var chance = Chance(5)
    for number in 0..<10_000 {
      var one = draw(&chance)
      one.plan = one.plan.edited { draft in
        (draft.bounds.failed, draft.bounds.unreachable, draft.bounds.healthy) = (0, 0, nil)
      }
      var fleet = Fleet(one.plan, one.fates)
      for wave in one.waves { fleet.run(wave) }
      let isBad = { (host: Int) in one.fates[host].status != .succeeded }
      let last = one.waves.firstIndex { $0.contains(where: isBad) } ?? one.waves.count - 1
      let allowed = one.waves.prefix(last + 1).reduce(0) { $0 + $1.count }
      #expect(fleet.begun.count <= allowed, "rollout \(number): \(fleet.begun.count) exposed, \(allowed) allowed")
    }
  }

  @Test("in 10,000 random rollouts, one whose waves end where another's do and in between never exposes more hosts")
  func finer() {
    var chance = Chance(7)
    for number in 0..<10_000 {
      var one = draw(&chance)
      let hosts = one.plan.hosts.count
      one.plan = one.plan.edited { draft in
        draft.bounds = Bounds(floor: 0, parallel: hosts, failed: draft.bounds.failed, unreachable: draft.bounds.unreachable)
      }
      var (coarse, fine) = (Fleet(one.plan, one.fates), Fleet(one.plan, one.fates))
      for wave in one.waves { coarse.run(wave) }
      for wave in one.waves.flatMap({ cut($0, &chance) }) { fine.run(wave) }
      #expect(fine.begun.count <= coarse.begun.count, "rollout \(number): \(one.waves)")
    }
  }

  /// Returns the waves of the default strategy.
  static func growing(_ hosts: Int) -> [[Int]] {
    var waves: [[Int]] = []
    var reached = 0
    while reached < hosts {
      let end = min(hosts, max(1, reached * 4))
      waves.append(Array(reached..<end))
      reached = end
    }
    return waves
  }

  /// Returns how many of these runs over 1,000 hosts stop although the release is good.
  /// - Parameter share: the share of hosts that fail whatever the release is, from 0 to 1.
  static func wrongStops(_ runs: Int, share: Double) -> Int {
    let bounds = Bounds(floor: 800, parallel: 50, failed: 50, unreachable: 50, base: 0.01)
    let plan = Plan.fleet(1000, bounds)
    var chance = Chance(9)
    return (0..<runs).count { _ in
      let fates = (0..<1000).map { _ in Fleet.Fate(status: chance.isTrue(share) ? .restored(Fleet.failure) : .succeeded) }
      var fleet = Fleet(plan, fates)
      for wave in growing(1000) { fleet.run(wave) }
      return !fleet.isGood
    }
  }

  @Test("hosts of which 0.1% fail by themselves, four of five of these only once, stop no good release after one retry in place")
  func flaky() {
    #expect(Self.wrongStops(200, share: 0.001 * 0.2) == 0)
  }
}

@Suite("The wave gate")
struct WaveGateTests {
  @Test("the probability of failures by chance is the tail of the binomial distribution")
  func tail() {
    #expect(abs(WaveGate.tail(1, of: 3, 0.01) - 0.029701) < 1e-9)
    #expect(abs(WaveGate.tail(2, of: 3, 0.01) - 0.000298) < 1e-9)
    #expect(WaveGate.tail(0, of: 5, 0.01) == 1 && WaveGate.tail(6, of: 5, 0.01) == 0)
    #expect(abs(WaveGate.tail(5, of: 10, 0.5) - 0.623_046_875) < 1e-12)
    #expect(WaveGate.tail(1, of: 1_000_000, 0.5) == 1 && WaveGate.tail(990_000, of: 1_000_000, 0.5) == 0)
  }

  private func verdict(_ hosts: Int, failed: Int, base: Double = 0.01) -> String? {
    var gate = WaveGate(base: base)
    gate.waveBegan(1)
    gate.hostSucceeded()
    gate.waveBegan(hosts)
    for _ in 0..<failed { gate.hostFailed() }
    return gate.verdict
  }

  @Test("3 of 900 failed goes on, 3 of 9 stops, and a share of 100% lets only budgets count")
  func shares() {
    #expect(verdict(900, failed: 3) == nil)
    #expect(verdict(9, failed: 3) == "3 of 9 hosts of the wave failed, and a share of 1% would by chance in less than 1 wave of 1,000")
    #expect(verdict(9, failed: 9, base: 1) == nil)
    #expect(verdict(3, failed: 1) == nil)
  }

  @Test("the first host to come to its end stops the deployment if it fails, whatever the budget")
  func first() {
    let bounds = Bounds(floor: 0, parallel: 1, failed: 5, unreachable: 0, base: 0.01)
    let fates = (0..<6).map { Fleet.Fate(status: $0 == 0 ? .restored(Fleet.failure) : .succeeded) }
    var fleet = Fleet(Plan.fleet(6, bounds), fates)
    for host in 0..<6 { fleet.run([host]) }
    #expect(fleet.begun == [0] && fleet.stopped == "the first host to come to its end failed")
  }

  @Test("a host whose last deployment did not succeed, or that is new to a group, may fail first: it says nothing of the release")
  func brokenBefore() {
    let bounds = Bounds(floor: 0, parallel: 1, failed: 1, unreachable: 0, base: 0.01)
    let plan = Plan.fleet(3, bounds).edited { $0.hosts[0].previous?.trial = true }
    let fates = (0..<3).map { Fleet.Fate(status: $0 == 0 ? .restored(Fleet.failure) : .succeeded) }
    var fleet = Fleet(plan, fates)
    for host in 0..<3 { fleet.run([host]) }
    #expect(fleet.begun == [0, 1, 2] && fleet.stopped == nil)
    var joined = Fleet(Plan.fleet(3, without: [0], bounds), fates)
    for host in 0..<3 { joined.run([host]) }
    #expect(joined.begun == [0, 1, 2] && joined.stopped == nil)
    var first = Fleet(Plan.fleet(3, without: [0, 1, 2], bounds), fates)
    for host in 0..<3 { first.run([host]) }
    #expect(first.begun == [0], "of a group that is new every host tells")
  }

  @Test("a wave has a budget of its own")
  func ofWave() {
    let bounds = Bounds(floor: 0, parallel: 4, failed: 5, unreachable: 0, failedInWave: 1)
    let fates = [0, 1, 0, 1, 1].map { Fleet.Fate(status: $0 == 1 ? .restored(Fleet.failure) : .succeeded) } + [Fleet.Fate()]
    var fleet = Fleet(Plan.fleet(6, bounds), fates)
    for wave in [[0, 1], [2, 3, 4], [5]] { fleet.run(wave) }
    #expect(fleet.begun == [0, 1, 2, 3, 4] && fleet.stopped == "2 hosts of the wave failed and the budget of a wave allows 1")
  }
}
