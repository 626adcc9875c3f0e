import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployCore

/// Rules among hosts of one zone, rack or pair hold for every strategy.
@Suite("Hosts that share the value of a tag")
struct NeighbourTests {
  private static let cases = ProcessInfo.processInfo.environment["LANDER_TESTS"] == "full" ? 10_000 : 1500

  /// Assigns the values `a`, `b`, `c` … to hosts at random. Some hosts get none.
  private func rule(_ rule: Neighbours.Rule, hosts: Int, _ chance: inout Chance) -> Neighbours {
    let count = Int.random(in: 1...max(1, hosts / 2), using: &chance)
    let places = (0..<hosts).map { _ in chance.isTrue(0.1) ? nil : Int.random(in: 0..<count, using: &chance) }
    let sizes = (0..<count).map { value in places.count { $0 == value } }
    var neighbours = Neighbours(rule, tag: "tag", values: (0..<count).map { "v\($0)" }, places: places)
    if rule == .each {
      neighbours.floors = sizes.map { Int.random(in: 0...max(0, $0 - 1), using: &chance) }
      neighbours.budgets = sizes.map { _ in Int.random(in: 0...2, using: &chance) }
    }
    return neighbours
  }

  private func fates(_ hosts: Int, _ chance: inout Chance) -> [Fleet.Fate] {
    let rate: Double = [0, 0.1, 0.5].randomElement(using: &chance) ?? 0
    return (0..<hosts).map { _ in
      let bad: HostStatus = chance.isTrue(0.5) ? .failed(Fleet.failure) : .restored(Fleet.failure)
      return Fleet.Fate(duration: .random(in: 1...9, using: &chance), status: chance.isTrue(rate) ? bad : .succeeded)
    }
  }

  /// Returns the rules that were broken, and the fleet at its end.
  private func play(_ neighbours: Neighbours, _ fates: [Fleet.Fate], _ chance: inout Chance, lapse: Lapse? = nil) -> (Set<String>, Fleet) {
    let hosts = fates.count
    let bounds = Bounds(floor: 0, parallel: hosts, failed: hosts, unreachable: hosts, neighbours: [neighbours])
    var fleet = Fleet(Plan.fleet(hosts, bounds), fates, lapse: lapse)
    var (broken, seen): (Set<String>, Set<Int>) = ([], [])
    fleet.look = { admission, underWay in
      func value(_ host: Int) -> Int? { neighbours.places[host] }
      if !seen.isSuperset(of: underWay) {
        // The newest host was begun just now, so the failures before it were within the budgets.
        let failed = seen.filter { !underWay.contains($0) && fates[$0].status != .succeeded }
        for (place, most) in neighbours.budgets.enumerated() where failed.count(where: { value($0) == place }) > most {
          broken.insert("budget")
        }
        seen.formUnion(underWay)
      }
      let isOut = (0..<hosts).map { admission.service[$0] != .in || underWay.contains($0) }
      switch neighbours.rule {
      case .apart:
        for place in neighbours.values.indices {
          if (0..<hosts).count(where: { isOut[$0] && value($0) == place }) > 1 { broken.insert("apart") }
        }
      case .alone: if Set(underWay.compactMap(value)).count > 1 { broken.insert("alone") }
      case .each:
        for (place, floor) in neighbours.floors.enumerated() {
          if (0..<hosts).count(where: { !isOut[$0] && value($0) == place }) < floor { broken.insert("floor") }
        }
      }
    }
    var order = Array(0..<hosts).shuffled(using: &chance)[...]
    while !order.isEmpty {
      let wave = Array(order.prefix(Int.random(in: 1...order.count, using: &chance)))
      order = order.dropFirst(wave.count)
      fleet.run(chance.isTrue(0.5) ? fleet.admission.arranged(wave) : wave)
    }
    return (broken, fleet)
  }

  @Test(
    "in random rollouts a pair is never out twice, one rack at a time is under way, and each zone keeps its floor and budget",
    arguments: [Neighbours.Rule.apart, .alone, .each])
  func kept(_ rule: Neighbours.Rule) {
    var chance = Chance(31)
    var ends = 0
    for number in 0..<Self.cases {
      let hosts = Int.random(in: 1...14, using: &chance)
      let neighbours = self.rule(rule, hosts: hosts, &chance)
      let fates = fates(hosts, &chance)
      let (broken, fleet) = play(neighbours, fates, &chance)
      #expect(broken.isEmpty, "rollout \(number): \(broken), \(neighbours)")
      #expect(fleet.admission.inFlight == 0 && fleet.stopped != Fleet.stuck, "rollout \(number) has no end")
      if fates.allSatisfy({ $0.status == .succeeded }) {
        #expect(fleet.begun.count == hosts, "rollout \(number): every host can be brought, \(fleet.stopped ?? "")")
        ends += 1
      }
    }
    #expect(ends > 50)
  }

  @Test("rules that are not kept are found by the same checks", arguments: [Neighbours.Rule.apart, .alone, .each])
  func planted(_ rule: Neighbours.Rule) {
    var chance = Chance(33)
    var found = 0
    for _ in 0..<300 {
      let hosts = Int.random(in: 4...14, using: &chance)
      let neighbours = self.rule(rule, hosts: hosts, &chance)
      if !play(neighbours, fates(hosts, &chance), &chance, lapse: .neighboursIgnored).0.isEmpty { found += 1 }
    }
    #expect(found > 20)
  }

  @Test("a host whose pair has failed and stays out is not begun, and the reason has the numbers")
  func pairIsOut() {
    let pairs = Neighbours(.apart, tag: "pair", values: ["1", "2"], places: [0, 0, 1, 1])
    let bounds = Bounds(floor: 0, parallel: 4, failed: 4, unreachable: 4, neighbours: [pairs])
    let fates = (0..<4).map { Fleet.Fate(status: $0 == 0 ? .failed(Fleet.failure) : .succeeded) }
    var fleet = Fleet(Plan.fleet(4, bounds), fates)
    fleet.run([0, 1])
    #expect(fleet.begun == [0])
    #expect(fleet.stopped == "1 of 2 hosts of pair 1 is out of service, and never two of them may be")
  }

  @Test("failures of one zone stop the rollout by that zone's budget, and failures spread over zones do not")
  func budgetOfZone() {
    let zones = Neighbours(.each, tag: "zone", values: ["a", "b"], places: [0, 1, 0, 1, 0, 1], budgets: [1, 1])
    let bounds = Bounds(floor: 0, parallel: 1, failed: 6, unreachable: 6, neighbours: [zones])
    func played(_ bad: Set<Int>) -> Fleet {
      var fleet = Fleet(Plan.fleet(6, bounds), (0..<6).map { Fleet.Fate(status: bad.contains($0) ? .restored(Fleet.failure) : .succeeded) })
      for host in 0..<6 { fleet.run([host]) }
      return fleet
    }
    #expect(played([0, 1]).begun.count == 6)
    #expect(played([0, 2]).begun == [0, 1, 2] && played([0, 2]).stopped == "2 hosts of zone a failed and the budget allows 1")
  }

  @Test("a wave is arranged so that nobody waits in vain: rack after rack, and the first of each pair before the second")
  func arranged() {
    func order(_ rule: Neighbours.Rule) -> [Int] {
      let neighbours = Neighbours(rule, tag: "t", values: ["x", "y"], places: [0, 1, 0, 1, nil])
      return Neighbourhood(neighbours, serves: [true, true, true, true, true]).arranged([0, 1, 2, 3, 4])
    }
    #expect(order(.alone) == [4, 0, 2, 1, 3])
    #expect(order(.apart) == [0, 1, 4, 2, 3])
    #expect(order(.each) == [0, 1, 2, 3, 4])
  }

  @Test("a way back waits for the rules and is never blocked by them")
  func wayBack() {
    let pairs = Neighbours(.apart, tag: "pair", values: ["1"], places: [0, 0], yields: true)
    let bounds = Bounds(floor: 0, parallel: 2, failed: 2, unreachable: 2, neighbours: [pairs])
    var fleet = Fleet(Plan.fleet(2, bounds), [Fleet.Fate(status: .failed(Fleet.failure)), Fleet.Fate()])
    fleet.run([0, 1])
    #expect(fleet.begun == [0, 1] && fleet.mostUnderWay == 1)
  }
}
