import DeployModel
import PlanDrafts
import Testing

@testable import DeployDesk

/// Tests what the journal tells people about deployments.
struct PastTests {
  /// Returns a deployment for a list, with arbitrary times and hosts.
  static func deployment(
    _ id: Deployment.ID, _ state: DeploymentSummary.State, kind: Plan.Kind = .deploy, application: String = "shop", bundle: Digest? = nil
  ) -> DeploymentSummary {
    DeploymentSummary(
      id: id, application: application, recipe: "web", group: "g", kind: kind, actor: "a@b", bundle: bundle, hosts: 1,
      began: Timestamp(milliseconds: 0), lastEntry: Timestamp(milliseconds: 0), entries: 2, state: state)
  }

  @Test("a deployment and the rollback that followed from it are one pair, in the place of its newest member")
  func pairs() {
    let pairs = DeploymentPair.all([
      Self.deployment("b2", .concluded(.succeeded), kind: .rollback(of: "d2")), Self.deployment("d3", .running),
      Self.deployment("d2", .concluded(.failed)), Self.deployment("d1", .concluded(.succeeded)),
    ])
    #expect(pairs.map { $0.members.map(\.id) } == [["d2", "b2"], ["d3"], ["d1"]])
  }

  @Test("a rollback whose deployment this journal does not have is a pair by itself")
  func lonely() {
    let pairs = DeploymentPair.all([Self.deployment("b1", .interrupted, kind: .rollback(of: "elsewhere"))])
    #expect(pairs.map { $0.members.map(\.id) } == [["b1"]])
    #expect(pairs[0].state == .interrupted)
  }

  @Test("a pair is what its rollback is while that is not over, and damaged only if nothing of it is open")
  func state() {
    func state(_ first: DeploymentSummary.State, _ back: DeploymentSummary.State?) -> DeploymentPair.State {
      DeploymentPair(first: Self.deployment("d", first), back: back.map { Self.deployment("b", $0, kind: .rollback(of: "d")) }).state
    }
    let damaged = DeploymentSummary.State.damaged(Damage(sequence: 3, what: "is missing"))
    #expect(state(.running, nil) == .running)
    #expect(state(.concluded(.failed), .running) == .running)
    #expect(state(.concluded(.failed), .interrupted) == .interrupted)
    #expect(state(damaged, .interrupted) == .interrupted)
    #expect(state(.concluded(.failed), .superseded(by: "x")) == .superseded && state(.superseded(by: nil), nil) == .superseded)
    #expect(state(damaged, .concluded(.succeeded)) == .damaged)
    #expect(state(.concluded(.failed), .concluded(.succeeded)) == .concluded)
  }

  @Test("bundles in use are those of open deployments and the last two good ones of each application and group")
  func inUse() {
    func bundle(_ digit: Character) -> Digest { Digest(hex: String(repeating: digit, count: 64)) }
    let used = Retention.inUse([
      Self.deployment("d8", .superseded(by: "d9"), bundle: bundle("8")),
      Self.deployment("d7", .interrupted, bundle: bundle("7")), Self.deployment("d6", .concluded(.failed), bundle: bundle("6")),
      Self.deployment("d5", .concluded(.succeeded), bundle: bundle("5")),
      Self.deployment("d4", .concluded(.succeeded), bundle: bundle("5")),
      Self.deployment("d3", .concluded(.succeeded), bundle: bundle("3")),
      Self.deployment("d2", .concluded(.succeeded), bundle: bundle("2")),
      Self.deployment("d1", .concluded(.succeeded), application: "other", bundle: bundle("1")),
    ])
    #expect(used == [bundle("7"), bundle("5"), bundle("3"), bundle("1")])
  }

  @Test("a deployment in which a host could not be taken back is no success in any list, though a budget excuses it")
  func notRestored() {
    var deployment = Self.deployment("d1", .concluded(.succeeded))
    #expect(deployment.end == "succeeded")
    deployment.notRestored = 1
    #expect(deployment.end == "restore failed")
    deployment.state = .concluded(.failed)
    #expect(deployment.end == "failed")
    deployment.state = .running
    #expect(deployment.end == nil)
  }
}
