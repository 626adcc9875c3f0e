import DeployCore
import DeployModel
import PlanDrafts
import Testing

@Suite("Bounds")
struct BoundsTests {
  func floor(_ amount: Amount?, batch: Amount? = nil, hosts: Int) throws -> Int {
    let strategy = batch.map { Strategy(name: "rolling", function: 0, batch: $0) }
    return try Bounds(DeploymentConfiguration(floor: amount), strategy: strategy, hosts: hosts).floor
  }

  @Test("a share of serving hosts rounds up, and still lets one host move")
  func shares() throws {
    #expect(try floor(.percent(75), hosts: 4) == 3)
    #expect(try floor(.percent(50), hosts: 5) == 3)
    #expect(try floor(.percent(99), hosts: 10) == 9)
    #expect(try floor(.percent(100), hosts: 0) == 0)
    #expect { try floor(.percent(100), hosts: 3) } throws: {
      ($0 as? Problems)?.list[0].fix == "write floor = 2 to take one host at a time"
    }
    #expect(try floor(.percent(75), hosts: 1) == 0)
  }

  @Test("without a floor it is 0 where all go at once, else the group minus a batch")
  func standard() throws {
    #expect(try floor(nil, hosts: 10) == 0)
    #expect(try floor(nil, batch: .count(2), hosts: 10) == 8)
    #expect(try floor(nil, batch: .percent(25), hosts: 10) == 8)
    #expect(try floor(nil, batch: .percent(1), hosts: 10) == 9)
    #expect(try floor(nil, batch: .count(1), hosts: 1) == 0)
  }

  @Test("a strategy whose waves nobody knows lets one host go, and one whose waves were seen what they took")
  func waves() throws {
    func floor(_ waves: KnownWaves, others: Int = 0, away: Int = 0) throws -> Int {
      let own = Strategy(name: "own", function: 0)
      return try Bounds(
        DeploymentConfiguration(), strategy: own, hosts: 10, bystanders: Bystanders(unasked: others), away: away, waves: waves
      ).floor
    }
    #expect(try floor(.unknown) == 9)
    #expect(try floor(.seen(lowest: 6)) == 6)
    #expect(try floor(.seen(lowest: 6), others: 5) == 6)
    #expect(try floor(.rehearsing) == 0)
    #expect(try floor(.unknown, away: 2) == 7)
  }

  @Test("a floor that nobody gave does not count on hosts that are unreachable")
  func away() throws {
    let rolling = Strategy(name: "rolling", function: 0, batch: .count(1))
    #expect(try Bounds(DeploymentConfiguration(), strategy: rolling, hosts: 4, away: 1).floor == 2)
    #expect(try Bounds(DeploymentConfiguration(floor: .count(3)), strategy: rolling, hosts: 4, away: 1).floor == 3)
  }

  @Test("the fewest hosts that serve at once are counted with those that are ready and those that come back")
  func lowest() {
    var service = LowestService(plan(hosts: 4))
    #expect(service.lowest == 4)
    for note in [Note.host(0, .changing), .host(0, .ready(.install)), .host(1, .changing), .host(1, .succeeded), .host(0, .changing)] {
      service.add(note)
    }
    #expect(service.lowest == 2)
    for note in [Note.host(0, .succeeded), .host(2, .changing)] { service.add(note) }
    #expect(service.lowest == 2)
    for note in [Note.host(2, .pending), .host(2, .changing), .host(2, .pending), .host(3, .changing)] { service.add(note) }
    #expect(service.lowest == 2, "hosts that were only restarted serve again")
    var fresh = LowestService(plan(hosts: 2, first: true))
    fresh.add(.host(0, .changing))
    #expect(fresh.lowest == 0)
  }

  @Test("hosts that --only leaves alone serve their part of the floor")
  func others() throws {
    let careful = DeploymentConfiguration(floor: .count(3), parallel: .percent(50))
    #expect(try Bounds(careful, strategy: nil, hosts: 1, bystanders: Bystanders(unasked: 3)).floor == 0)
    #expect(try Bounds(careful, strategy: nil, hosts: 2, bystanders: Bystanders(unasked: 2)).floor == 1)
    #expect(try Bounds(careful, strategy: nil, hosts: 1, bystanders: Bystanders(unasked: 3)).parallel == 1)
  }

  @Test("a number that lets no host move is refused, with the largest that would")
  func impossible() {
    #expect { try floor(.count(3), hosts: 3) } throws: { ($0 as? Problems)?.list[0].fix == "set it to 2 or less" }
  }

  @Test("shares of what may fail or move round down, but not to nothing")
  func atMost() {
    #expect(Amount.percent(10).atMost(of: 5) == 1)
    #expect(Amount.percent(10).atMost(of: 29) == 2)
    #expect(Amount.percent(0).atMost(of: 29) == 0)
    #expect(Amount.count(7).atMost(of: 5) == 5)
  }
}

@Suite("Admission")
struct AdmissionTests {
  @Test("what served at the start bounds the floor: a first deployment may go to all")
  func first() {
    let admission = Admission(plan: plan(hosts: 4, floor: 3, first: true))
    #expect(admission.floor == 0)
    #expect(admission.mayStart(0, parallel: nil) == .go)
  }

  @Test("waits while others are in flight, and says never when waiting would not help")
  func never() {
    var admission = Admission(plan: plan(hosts: 2, floor: 1))
    admission.started(0)
    #expect(admission.mayStart(1, parallel: nil) == .wait)
    admission.ended(0, .unknown(Failure(.unreachable, "gone")), hadRelease: true)
    guard case .never = admission.mayStart(1, parallel: nil) else { return #expect(Bool(false), "it may not start") }
  }

  @Test("a host counts against the budget from the moment it fails, not only when it is back")
  func goingBack() {
    var admission = Admission(plan: plan(hosts: 4, failed: 1))
    admission.started(0)
    admission.started(1)
    admission.goesBack(0)
    #expect(admission.exhausted == nil)
    admission.goesBack(1)
    #expect(admission.exhausted == "2 hosts failed and the budget allows 1")
    admission.ended(0, .restored(ScriptError(Failure(.command, "no"))), hadRelease: true)
    #expect(admission.failed == 2)
  }

  @Test("a host that is lost before any came through stops the deployment, whatever may be unreachable; later ones have their budget")
  func lostFirst() {
    let lost = HostStatus.unknown(Failure(.unreachable, "gone"))
    func admission(_ rules: Plan.Flow.Rules) -> Admission {
      Admission(
        plan: plan(hosts: 4).edited {
          ($0.bounds.unreachable, $0.bounds.base, $0.rules) = (2, 0.01, rules)
        })
    }
    var first = admission(.newest)
    first.started(0)
    first.ended(0, lost, hadRelease: true)
    #expect(first.exhausted == "the first host to come to its end became unreachable")
    var later = admission(.newest)
    for (host, status) in [(0, HostStatus.succeeded), (1, lost), (2, lost)] {
      later.started(host)
      later.ended(host, status, hadRelease: true)
    }
    #expect(later.exhausted == nil)
    // A deployment that an older version began keeps its old rules.
    var older = admission(.second)
    older.started(0)
    older.ended(0, lost, hadRelease: true)
    #expect(older.exhausted == nil)
  }

  @Test("hosts that fail and hosts that are unreachable have budgets of their own")
  func budgets() {
    var admission = Admission(plan: plan(hosts: 3, failed: 1))
    admission.started(0)
    admission.ended(0, .restored(ScriptError(Failure(.command, "no"))), hadRelease: true)
    #expect(admission.exhausted == nil)
    admission.started(1)
    admission.ended(1, .unknown(Failure(.unreachable, "gone")), hadRelease: true)
    #expect(admission.exhausted == "1 host is unreachable and the budget allows 0")
  }
}
