import DeployModel
import PlanDrafts
import Testing

@testable import DeployCore

@Suite("Slots")
struct SlotTests {
  private static func host(_ machine: String, _ slot: String) -> Host {
    Host(
      name: "\(machine)/\(slot)", address: machine, tags: .record(of: [("machine", .text(machine)), ("slot", .text(slot))]), slot: slot)
  }
  private static let hosts = ["web1", "web2"].flatMap { machine in ["blue", "green"].map { host(machine, $0) } }
  private static func project(_ flow: Recipe.Flow? = nil, appspec: AppSpecOptions? = nil) -> Project {
    var recipe = Recipe(name: "web", targets: .group("g"), placement: Placement(path: "/srv/shop"))
    if let flow { recipe.flow = flow }
    recipe.appspec = appspec
    return Project(recipes: [recipe], groups: [DeploymentGroup(name: "g", hosts: hosts)])
  }

  @Test("a slot has a folder below the application's path, and its machine's name")
  func place() {
    var host = Self.host("web1", "blue")
    #expect(host.place("/srv/shop") == "/srv/shop/slots/blue" && host.machine == "web1")
    host.root = "/mnt"
    #expect(host.place("/srv/shop") == "/mnt/srv/shop/slots/blue")
    #expect(Host(name: "web1").place("/srv/shop") == "/srv/shop" && Host(name: "a/b").machine == "a/b")
  }

  @Test("a machine's name takes all of its slots, and a slot's name takes one")
  func names() throws {
    let all = try Selection(DeploymentRequest(only: ["web1"]), in: Self.project())
    #expect(all.hosts.map(\.name) == ["web1/blue", "web1/green"] && all.others == 2)
    let one = try Selection(DeploymentRequest(only: ["web1/blue"]), in: Self.project())
    #expect(one.hosts.map(\.name) == ["web1/blue"])
    #expect(throws: Problems.self) { try Slots.refuseHalves(one) }
    try Slots.refuseHalves(all)
  }

  @Test("slots and pools have the same names, and appspec files do not go with slots")
  func refused() {
    let traffic = TrafficAdapter(pools: ["blue", "red"], read: 1, weight: 2)
    let flow = Recipe.Flow(stages: [.rollout(Strategy(name: "own", function: 0, traffic: traffic))])
    do {
      _ = try Selection(DeploymentRequest(), in: Self.project(flow, appspec: AppSpecOptions()))
      Issue.record("nothing was refused")
    } catch {
      let found = error.list.map(\.message)
      #expect(found.contains("slot \"green\" is none of the pools of the recipe's traffic, which are blue, red"), "\(found)")
      #expect(found.contains { $0.hasPrefix("an appspec file installs to one place on a machine") }, "\(found)")
    }
  }

  @Test("never two slots of a machine are out of service, without anybody saying so")
  func apart() throws {
    let rule = try #require(Slots.apart(Self.hosts))
    #expect(rule.rule == .apart && rule.values == ["web1", "web2"] && rule.places == [0, 0, 1, 1])
    #expect(Slots.apart([Host(name: "web1")]) == nil)
    let bounds = try Bounds(Selection(DeploymentRequest(), in: Self.project()))
    #expect(bounds.neighbours == [rule])
  }

  /// Plays a strategy's decisions on two machines that run `old` in both slots.
  private func play(_ decisions: [Decision], weights: Weights?, rules: Plan.Flow.Rules = .newest) -> Play {
    let traffic = TrafficAdapter(pools: ["blue", "green"], read: 1, weight: 2)
    let own = plan(hosts: 4).edited { draft in
      draft.rules = rules
      draft.stages = [.upload, .rollout(Strategy(name: "own", function: 0, traffic: weights == nil ? nil : traffic))]
      for number in draft.hosts.indices {
        draft.hosts[number].host = Self.host(number < 2 ? "web1" : "web2", number % 2 == 0 ? "blue" : "green")
        draft.hosts[number].host.number = number
      }
    }
    return Play(own, SlotScripts(decisions, read: weights?.value ?? .null), rings: false) { _ in .done() }
  }
  private let blue = Weights([.init("blue", 100), .init("green", 0)])

  @Test("a slot that a strategy leaves alone keeps what it has, and nothing is sent to it")
  func kept() {
    let play = play([.shift(nil), .wave([1, 3], parallel: nil)], weights: blue)
    #expect(play.conclusion?.status == .succeeded)
    #expect(play.conclusion?.hosts == [.kept, .succeeded, .kept, .succeeded])
    #expect(play.conclusion?.rollback == [])
    let touched = play.intents.filter { intent in
      if case .stage = intent.operation { intent.place == .host(0) || intent.place == .host(2) } else { false }
    }
    #expect(touched.isEmpty)
  }

  @Test("a slot that is kept forgets an earlier deployment's trouble; by the rules of older plans it does not", arguments: [true, false])
  func forgets(isNew: Bool) {
    let play = play([.shift(nil), .wave([1, 3], parallel: nil)], weights: blue, rules: isNew ? .newest : .ninth)
    let left = play.intents.compactMap { intent -> FailedRestore?? in
      if case .unlock(_, _, let left) = intent.operation, [.host(0), .host(2)].contains(intent.place) { .some(left) } else { nil }
    }
    #expect(left.count == 2 && left.allSatisfy { $0?.isOver == (isNew ? true : nil) }, "\(left)")
  }

  @Test("a machine of which no slot has the release is an error, as any host that a strategy leaves out")
  func leftOut() {
    let play = play([.shift(nil), .wave([1], parallel: nil)], weights: blue)
    #expect(play.conclusion?.status == .failed)
    #expect(play.conclusion?.error?.failure.message.contains("2 hosts are still on the old revision (web2/blue, web2/green)") == true)
  }

  @Test("a slot that gets traffic is not stopped, and neither is one whose traffic is unknown")
  func traffic() {
    let rash = play([.shift(nil), .wave([0, 1], parallel: nil)], weights: blue)
    #expect(
      rash.conclusion?.error?.failure.message == "web1/blue gets 100 % of the traffic, and a slot that has some is not stopped")
    #expect(rash.conclusion?.hosts == [.pending, .pending, .pending, .pending])
    #expect(play([.wave([1, 3], parallel: nil)], weights: blue).conclusion?.status == .succeeded, "a wave has the weights read itself")
    let blind = play([.wave([1], parallel: nil)], weights: blue, rules: .fifth)
    #expect(blind.conclusion?.error?.failure.message == "web1/green may have traffic, and nobody asked which slot has it")
    let none = play([.wave([0, 1, 2, 3], parallel: nil)], weights: nil)
    #expect(none.conclusion?.status == .succeeded)
  }

  @Test("a group says what the slot runs that was deployed to last")
  func speaking() {
    let receipt = plan(hosts: 1).hosts[0].previous
    func at(_ time: Int) -> Survey {
      var state = HostState(facts: HostFacts(shell: "sh", user: "me", bootID: "b", freeBytes: 1, freeInodes: 1))
      state.receipt = receipt
      state.receipt?.at = Timestamp(milliseconds: time)
      return .reached(state)
    }
    let found = Slots.speaking([
      (Self.hosts[0], at(1)), (Self.hosts[1], at(2)), (Self.hosts[2], at(4)), (Self.hosts[3], at(3)), (Host(name: "db1"), at(0)),
    ])
    #expect(found.map(\.host.name) == ["web1/green", "web2/blue", "db1"])
  }
}

/// A strategy that makes these decisions, and an adapter that reads these weights.
private final class SlotScripts: Scripts {
  private var decisions: ArraySlice<Decision>
  private let read: Value
  private var running: [ScriptID: Int] = [:]
  init(_ decisions: [Decision], read: Value) { (self.decisions, self.read) = (decisions[...], read) }
  func start(_ script: ScriptID, _ body: Body, on subject: Subject) { running[script] = body.function }
  func kill(_ script: ScriptID) { running[script] = nil }
  func step(_ script: ScriptID, _ answer: Answer) -> Step {
    guard running[script] == 0 else { return Step(.ended(.returned(read))) }
    switch answer {
    case .refused(let failure), .cancel(let failure): return Step(.ended(.raised(ScriptError(failure))))
    default: break
    }
    guard let next = decisions.popFirst() else { return Step(.ended(.returned(.null))) }
    return Step(.asked(.decide(next)))
  }
}
