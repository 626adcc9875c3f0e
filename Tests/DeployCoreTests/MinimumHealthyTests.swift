import DeployModel
import PlanDrafts
import Testing

@testable import DeployCore

/// CodeDeploy's minimum of healthy hosts: the examples in its manual, and a second implementation of the rule to compare with.
@Suite("The minimum of healthy hosts")
struct MinimumHealthyTests {
  /// How a deployment ended.
  struct End: Hashable {
    var isGood: Bool
    var attempted: Int
    var succeeded: Int
    var mostUnderWay: Int
  }

  private func bounds(_ minimum: MinimumHealthy, hosts: Int) throws -> Bounds {
    try Bounds(DeploymentConfiguration(healthy: minimum), strategy: nil, hosts: hosts)
  }

  private func deploy(_ minimum: MinimumHealthy, hosts: Int, unhealthy: Set<Int> = [], failing: Set<Int> = []) throws -> End {
    let fates = (0..<hosts).map { Fleet.Fate(status: failing.contains($0) ? .failed(Fleet.failure) : .succeeded) }
    let plan = Plan.fleet(hosts, without: unhealthy, try bounds(minimum, hosts: hosts))
    var fleet = Fleet(plan, fates)
    fleet.run(plan.order)
    return End(isGood: fleet.isGood, attempted: fleet.begun.count, succeeded: fleet.succeeded, mostUnderWay: fleet.mostUnderWay)
  }

  private func count(_ count: Int) -> MinimumHealthy { .amount(.count(count)) }
  private func share(_ share: Double) -> MinimumHealthy { .amount(.percent(share)) }

  @Test("95% of 10 hosts are 10: the deployment is refused before it begins, with the numbers")
  func allOfThem() {
    #expect { try bounds(share(95), hosts: 10) } throws: {
      ($0 as? Problems)?.list[0].message == "95% of 10 hosts are 10: all of them are to stay healthy, so none may be deployed to"
    }
  }

  @Test("9 of 10 have to stay healthy: one host at a time")
  func oneAtATime() throws {
    #expect(try deploy(count(9), hosts: 10) == End(isGood: true, attempted: 10, succeeded: 10, mostUnderWay: 1))
    #expect(try deploy(.allButOne, hosts: 10) == End(isGood: true, attempted: 10, succeeded: 10, mostUnderWay: 1))
  }

  @Test("9 of 10 have to stay healthy: a host that fails stops the deployment, except the last one")
  func lastMayFail() throws {
    #expect(try deploy(count(9), hosts: 10, failing: [3]) == End(isGood: false, attempted: 4, succeeded: 3, mostUnderWay: 1))
    #expect(try deploy(count(9), hosts: 10, failing: [9]) == End(isGood: true, attempted: 10, succeeded: 9, mostUnderWay: 1))
  }

  @Test("8 of 10 have to stay healthy: two at a time, and the second failure stops the deployment")
  func secondFailure() throws {
    #expect(try deploy(count(8), hosts: 10, failing: [1, 4]) == End(isGood: false, attempted: 5, succeeded: 3, mostUnderWay: 2))
  }

  @Test("none has to stay healthy: all at once, and a success as long as one comes through")
  func allAtOnce() throws {
    let nine = Set(0..<10).subtracting([5])
    #expect(try deploy(count(0), hosts: 10, failing: nine) == End(isGood: true, attempted: 10, succeeded: 1, mostUnderWay: 10))
    #expect(try deploy(count(0), hosts: 10, failing: Set(0..<10)) == End(isGood: false, attempted: 10, succeeded: 0, mostUnderWay: 10))
  }

  @Test(
    "of 9 hosts 6 healthy ones let three go at a time, 40% five, and half four",
    arguments: [(MinimumHealthy.amount(.count(6)), 3), (.amount(.percent(40)), 5), (.amount(.percent(50)), 4)])
  func nine(_ minimum: MinimumHealthy, atOnce: Int) throws {
    #expect(try deploy(minimum, hosts: 9) == End(isGood: true, attempted: 9, succeeded: 9, mostUnderWay: atOnce))
  }

  @Test("hosts that are not healthy are brought first")
  func unhealthyFirst() throws {
    let plan = Plan.fleet(10, without: [4, 7], try bounds(count(8), hosts: 10))
    #expect(Array(plan.order.prefix(3)) == [4, 7, 0])
    #expect(try deploy(count(8), hosts: 10, unhealthy: [4, 7]) == End(isGood: true, attempted: 10, succeeded: 10, mostUnderWay: 2))
  }

  @Test("hosts are taken in the order unhealthy, unknown, old, current")
  func order() throws {
    let plan = Plan.fleet(5, try bounds(count(1), hosts: 5)).edited { draft in
      let new = Release(id: "new", bundle: Digest(hex: String(repeating: "a", count: 64)))
      draft.hosts[0].previous?.release = new
      draft.hosts[0].current = new.id
      (draft.hosts[2].previous, draft.hosts[2].current, draft.hosts[2].found) = (nil, nil, "/opt/shop/7")
      draft.hosts[3].previous?.trial = true
    }
    #expect(plan.order == [3, 2, 1, 4, 0])
  }

  @Test("a single host has to succeed; a group that was never deployed to is not taken all at once")
  func fresh() throws {
    #expect(try deploy(.allButOne, hosts: 1) == End(isGood: true, attempted: 1, succeeded: 1, mostUnderWay: 1))
    #expect(try deploy(.allButOne, hosts: 1, failing: [0]).isGood == false)
    let all = Set(0..<6)
    #expect(try deploy(.allButOne, hosts: 6, unhealthy: all) == End(isGood: true, attempted: 6, succeeded: 6, mostUnderWay: 1))
    #expect(try deploy(share(50), hosts: 6, unhealthy: all).mostUnderWay == 3)
  }

  @Test("on 10,000 random fleets it ends as the rule, written down a second time, says")
  func agreement() throws {
    var chance = Chance(11)
    for number in 0..<10_000 {
      let hosts = Int.random(in: 1...14, using: &chance)
      let minimum = Int.random(in: 0..<hosts, using: &chance)
      let rate: Double = [0.0, 0.05, 0.2, 0.5].randomElement(using: &chance) ?? 0
      let unhealthy = Set((0..<hosts).filter { _ in chance.isTrue(rate / 2) })
      let fates = (0..<hosts).map { _ in
        Fleet.Fate(duration: .random(in: 1...9, using: &chance), status: chance.isTrue(rate) ? .failed(Fleet.failure) : .succeeded)
      }
      let plan = Plan.fleet(hosts, without: unhealthy, try bounds(count(minimum), hosts: hosts))
      var fleet = Fleet(plan, fates)
      fleet.run(plan.order)
      let wanted = Reference(hosts, minimum, unhealthy, fates)
      let found = Reference.End(isGood: fleet.isGood, attempted: fleet.begun.count, succeeded: fleet.succeeded)
      #expect(found == wanted.end, "fleet \(number): \(minimum) of \(hosts), unhealthy \(unhealthy.sorted()), \(fates)")
      if unhealthy.isEmpty {
        #expect(fleet.mostUnderWay == wanted.mostUnderWay && fleet.fewestServing == wanted.fewest, "fleet \(number)")
      }
    }
  }

  @Test("without the rule the same fleets end otherwise")
  func planted() throws {
    let plan = Plan.fleet(10, try bounds(count(9), hosts: 10))
    let fates = (0..<10).map { Fleet.Fate(status: $0 == 3 ? .restored(Fleet.failure) : .succeeded) }
    var fleet = Fleet(plan, fates)
    fleet.run(plan.order)
    #expect(fleet.begun.count == 4 && !fleet.isGood)
    var lapsed = Fleet(plan, fates, lapse: .healthIgnored)
    lapsed.run(plan.order)
    #expect(lapsed.begun.count == 10 && lapsed.isGood)
  }
}

/// A second implementation of the rule: first the unhealthy hosts, then as many healthy hosts at a time as the minimum allows.
private struct Reference {
  struct End: Hashable {
    var isGood: Bool
    var attempted: Int
    var succeeded: Int
  }
  private(set) var end: End
  private(set) var mostUnderWay = 0
  private(set) var fewest: Int

  init(_ hosts: Int, _ minimum: Int, _ unhealthy: Set<Int>, _ fates: [Fleet.Fate]) {
    let comesThrough = fates.map { $0.status == .succeeded }
    let repaired = unhealthy.filter { comesThrough[$0] }
    var healthy = hosts - unhealthy.count + repaired.count
    fewest = healthy
    var (succeeded, attempted) = (repaired.count, unhealthy.count)
    var waiting = (0..<hosts).filter { !unhealthy.contains($0) }[...]
    var isStopped = healthy <= minimum && !waiting.isEmpty
    var time = 0
    var window: [(Int, Int)] = []
    while true {
      while !isStopped, healthy - window.count > minimum, let host = waiting.popFirst() {
        window.append((time + fates[host].duration, host))
        attempted += 1
      }
      mostUnderWay = max(mostUnderWay, window.count)
      fewest = min(fewest, healthy - window.count)
      guard let first = window.min(by: <) else { break }
      window.removeAll { $0 == first }
      time = first.0
      if comesThrough[first.1] {
        succeeded += 1
      } else {
        healthy -= 1
        if healthy <= minimum, !waiting.isEmpty { isStopped = true }
      }
    }
    end = End(isGood: waiting.isEmpty && healthy >= minimum && succeeded > 0, attempted: attempted, succeeded: succeeded)
  }
}
