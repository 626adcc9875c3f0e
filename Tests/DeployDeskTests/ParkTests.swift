import DeployCore
import DeployModel
import DeployReport
import DeploySimulation
import Testing

@testable import DeployDesk

/// Tests deployments that wait for a person without an engine, and other state folders that resume them.
struct ParkTests {
  static let text = Bench.text(
    hosts: 3, body: "strategy = asks {}, on = { ApplicationStart = function(host) host:run \"start\" end },",
    more: """
      local asks = strategy "asks" (function(rollout)
        local first, rest = rollout.targets:split(1)
        rollout:wave(first)
        rollout:approve { name = "go", timeout = "4h" }
        rollout:wave(rest)
      end)
      """)
  private static let leaves = Staying.upTo(.zero)

  /// Parks a deployment from another state folder.
  func parked(_ bench: Bench, by folder: StateFolder) async throws -> Plan {
    let plan = try await folder.desk.plan(Asked(DeploymentRequest()), of: bench.project).plan
    let end = try await bench.end(folder.desk.deploy(plan, staying: Self.leaves))
    #expect(end.deployments.map(\.isParked) == [true] && end.deployments[0].conclusion == nil)
    let pair = try await folder.desk.past.pair(of: plan.id)
    #expect(pair.state == .interrupted && pair.first.parked != nil)
    return plan
  }

  private func resumeParked(
    _ bench: Bench, _ folder: StateFolder, _ id: Deployment.ID, _ kind: Message.Kind, staying: Staying = ParkTests.leaves
  ) async throws -> RunEnd {
    let found = try #require(try await folder.desk.findParked(id.rawValue, on: try selections(bench)).found)
    let pair = try await folder.desk.adopt(found)
    guard case .running(let running) = try await folder.desk.resumeParked(pair, MessageDraft(kind), of: bench.project, staying: staying)
    else {
      throw Failure(.internal, "it has ended")
    }
    return try await bench.end(running)
  }

  func selections(_ bench: Bench) throws -> [Selection] {
    try bench.project.project.selections(recipe: nil, group: nil)
  }

  @Test("parked by one state folder, approved from a second, resumed from a third: the release comes to all hosts")
  func three() async throws {
    let bench = try Bench(Self.text)
    let (first, second, third) = (StateFolder("one", on: bench), StateFolder("two", on: bench), StateFolder("three", on: bench))
    let plan = try await parked(bench, by: first)
    #expect(bench.transport.hosts.allSatisfy { $0.lock?.parked?.name == "go" && $0.lock?.journal != nil })
    let found = try #require(try await second.desk.findParked(plan.id.rawValue, on: try selections(bench)).found)
    #expect(try await second.desk.leave(MessageDraft(.approve), for: found).hosts.count == 3)
    let end = try await resumeParked(bench, third, plan.id, .resume)
    #expect(end.deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(bench.transport.hosts.allSatisfy { $0.lock == nil && $0.current == plan.content.release?.id })
    let closed = await third.journal.entries(of: plan.id).entries.compactMap { entry -> GateAnswer? in
      if case .noted(.gateClosed(_, let answer)) = entry.fact { answer } else { nil }
    }
    #expect(closed.map(\.verdict) == [.pass] && closed[0].by?.hasPrefix("two@two") == true)
  }

  @Test("approve, reject and cancel go on from another state folder at once", arguments: [Message.Kind.approve, .reject, .cancel])
  func atOnce(kind: Message.Kind) async throws {
    let bench = try Bench(Self.text)
    let plan = try await parked(bench, by: StateFolder("one", on: bench))
    let end = try await resumeParked(bench, StateFolder("two", on: bench), plan.id, kind)
    let statuses: [Conclusion.Status?] =
      switch kind {
      case .approve: [.succeeded]
      case .reject: [.failed, .succeeded]
      default: [.cancelled, .succeeded]
      }
    #expect(end.deployments.map(\.conclusion?.status) == statuses)
    #expect(bench.transport.hosts.allSatisfy { $0.lock == nil })
  }

  @Test("a deployment that another state folder went on with is not resumed from the first one, whose journal is older")
  func stale() async throws {
    let bench = try Bench(Self.text)
    let (first, second) = (StateFolder("one", on: bench), StateFolder("two", on: bench))
    let plan = try await parked(bench, by: first)
    // The second state folder parks the deployment again.
    #expect(try await resumeParked(bench, second, plan.id, .resume).deployments.map(\.isParked) == [true])
    let pair = try await first.desk.past.pair(of: plan.id)
    guard
      case .running(let running) = try await first.desk.resumeParked(pair, MessageDraft(.approve), of: bench.project, staying: Self.leaves)
    else {
      throw Failure(.internal, "it has ended")
    }
    let end = try await bench.end(running)
    #expect(end.deployments.map(\.conclusion?.error?.failure.kind) == [.fenced])
    #expect(bench.transport.hosts.allSatisfy { $0.lock?.parked != nil }, "the hosts keep it as before")
    // This state folder gets the journal from the hosts, and resumes the deployment.
    #expect(try await resumeParked(bench, second, plan.id, .approve).deployments.map(\.conclusion?.status) == [.succeeded])
  }

  @Test("the first state folder goes on with what the second parked again: it takes the news from the hosts")
  func again() async throws {
    let bench = try Bench(Self.text)
    let (first, second) = (StateFolder("one", on: bench), StateFolder("two", on: bench))
    let plan = try await parked(bench, by: first)
    #expect(try await resumeParked(bench, second, plan.id, .resume).deployments.map(\.isParked) == [true])
    #expect(try await resumeParked(bench, first, plan.id, .approve).deployments.map(\.conclusion?.status) == [.succeeded])
  }

  @Test("a deployment to hosts that a parked one has is refused with the commands, and waits or ends it if it says so")
  func busy() async throws {
    let bench = try Bench(Self.text)
    let (first, second) = (StateFolder("one", on: bench), StateFolder("two", on: bench))
    let plan = try await parked(bench, by: first)
    let text = await refusal { _ = try await second.desk.planInTurn(Asked(DeploymentRequest()), of: bench.project, .fail) }
    #expect(text.contains("is parked: it waits for gate 1, \"go\"") && text.contains("lander approve \(plan.id)"), "\(text)")
    bench.inboxes.told.value = Awaited(gate: 1, kind: .approval)
    let urgent = try await second.desk.planInTurn(
      Asked(DeploymentRequest()), of: bench.project, .wait(.minutes(30)), urgent: "the shop is down")
    #expect(urgent.plan.id != plan.id)
    #expect(bench.transport.hosts.allSatisfy { $0.lock == nil })
  }

  @Test(
    "whoever deploys after the deadline has the parked deployment fail and its hosts go back first, whether it waits in line or not",
    arguments: [WhenBusy.fail, .wait(.minutes(30))])
  func late(_ busy: WhenBusy) async throws {
    let bench = try Bench(Self.text)
    let (first, second) = (StateFolder("one", on: bench), StateFolder("two", on: bench))
    let plan = try await parked(bench, by: first)
    // Virtual time never jumps over more than two hours.
    for _ in 1...3 { await bench.clock.sleep(.minutes(90)) }
    bench.inboxes.told.value = Awaited(gate: 1, kind: .approval)
    let next = try await second.desk.planInTurn(Asked(DeploymentRequest()), of: bench.project, busy)
    #expect(bench.transport.hosts.allSatisfy { $0.lock == nil && $0.current == nil })
    let last = try #require(await second.journal.entries(of: plan.id).entries.last)
    guard case .concluded(let conclusion) = last.fact else { return #expect(Bool(false), "\(last)") }
    #expect(conclusion.error?.failure.kind == .rejected)
    #expect(next.plan.id != plan.id && next.plan.lock.fence > plan.lock.fence)
  }

  @Test("a rollback that is refused after it ended a late parked deployment says what it ended, and not that nothing was started")
  func refusedLate() async throws {
    let bench = try Bench(Self.text)
    let (first, second) = (StateFolder("one", on: bench), StateFolder("two", on: bench))
    let plan = try await parked(bench, by: first)
    for _ in 1...3 { await bench.clock.sleep(.minutes(90)) }
    bench.inboxes.told.value = Awaited(gate: 1, kind: .approval)
    do {
      _ = try await second.desk.planRollback(of: try selections(bench)[0], in: bench.project, straighten: false)
      Issue.record("there is nothing to go back to")
    } catch let problems as Problems {
      let text = problems.lines().joined(separator: "\n")
      #expect(text.hasSuffix("what nobody answered in time was ended, and nothing else was started."), "\(text)")
      #expect(!text.contains("nothing was started"))
    }
    guard case .concluded? = await second.journal.entries(of: plan.id).entries.last?.fact else { return #expect(Bool(false), "it is open") }
  }

  @Test("an answer that was left on hosts passes no gate after the deadline, whoever meets the deployment", arguments: [true, false])
  func leftTooLate(_ cancels: Bool) async throws {
    let bench = try Bench(Self.text)
    let (first, second, third) = (StateFolder("one", on: bench), StateFolder("two", on: bench), StateFolder("three", on: bench))
    let plan = try await parked(bench, by: first)
    let found = try #require(try await second.desk.findParked(plan.id.rawValue, on: selections(bench)).found)
    #expect(try await !second.desk.leave(MessageDraft(.approve), for: found).hosts.isEmpty)
    for _ in 1...3 { await bench.clock.sleep(.minutes(90)) }
    if cancels {
      _ = try await resumeParked(bench, third, plan.id, .cancel, staying: .always)
    } else {
      _ = try await third.desk.planInTurn(Asked(DeploymentRequest()), of: bench.project, .fail)
    }
    #expect(bench.transport.hosts.allSatisfy { $0.lock == nil && $0.current == nil })
    guard case .concluded(let conclusion)? = await third.journal.entries(of: plan.id).entries.last?.fact else {
      return #expect(Bool(false), "it has no end")
    }
    #expect(conclusion.status != .succeeded, "\(conclusion)")
  }

  @Test("unlock names a parked deployment and needs --force")
  func unlock() async throws {
    let bench = try Bench(Self.text)
    let plan = try await parked(bench, by: StateFolder("one", on: bench))
    let second = StateFolder("two", on: bench)
    let locks = try await second.desk.locks(on: [await second.desk.survey(try selections(bench)[0])])
    let text = await refusal { try locks.refuseLiving() }
    #expect(text.contains("deployment \(plan.id) of ") && text.contains("is parked there") && text.contains("--force"), "\(text)")
  }

  @Test(
    "a journal that hosts keep is not believed if one host alone names it, if it is altered, or if it names a host that is not so here",
    arguments: ["alone", "altered", "strange"])
  func believed(fault: String) async throws {
    let bench = try Bench(Self.text)
    let plan = try await parked(bench, by: StateFolder("one", on: bench))
    for name in ["h1", "h2", "h3"] {
      bench.transport.change(name) { host in
        switch fault {
        case "alone": if name != "h1" { host.lock?.parked?.name = "other \(name)" }
        case "altered":
          let journal = host.lock?.journal ?? []
          host.lock?.journal = Array(journal.dropLast(40)) + journal.suffix(40).reversed()
        default: break
        }
      }
    }
    var text = Self.text
    if fault == "strange" { text = text.replacing("root = \"/hosts/h2\"", with: "root = \"/elsewhere\"") }
    let project = try Bench.load(text)
    let second = StateFolder("two", on: bench)
    let selections = try project.selections(recipe: nil, group: nil)
    let words = await refusal {
      let found = try #require(try await second.desk.findParked(plan.id.rawValue, on: selections).found)
      _ = try await second.desk.adopt(found)
    }
    let reason = ["alone": "only h1 vouches for it", "strange": "it names host h2"][fault] ?? "cannot be had from its hosts"
    #expect(words.contains(reason) || fault == "altered" && words.contains("it is not the one"), "\(words)")
    #expect(await second.journal.entries(of: plan.id).entries.isEmpty)
  }

  @Test("a rejection that lies on the hosts wins over the approval of whoever resumes the deployment")
  func leftRejection() async throws {
    let bench = try Bench(Self.text)
    let (first, second, third) = (StateFolder("one", on: bench), StateFolder("two", on: bench), StateFolder("three", on: bench))
    let plan = try await parked(bench, by: first)
    let found = try #require(try await second.desk.findParked(plan.id.rawValue, on: selections(bench)).found)
    #expect(try await !second.desk.leave(MessageDraft(.reject, comment: "do not ship"), for: found).hosts.isEmpty)
    #expect(try await resumeParked(bench, third, plan.id, .approve).deployments.map(\.conclusion?.status) == [.failed, .succeeded])
  }

  @Test("damaged copies on hosts keep another state folder from resuming it, and not the one that parked it")
  func damagedCopies() async throws {
    let bench = try Bench(Self.text)
    let first = StateFolder("one", on: bench)
    let plan = try await parked(bench, by: first)
    for name in ["h1", "h2", "h3"] { bench.transport.change(name) { $0.lock?.journal = Array("no journal".utf8) } }
    let words = await refusal { _ = try await resumeParked(bench, StateFolder("two", on: bench), plan.id, .cancel) }
    #expect(words.contains("cannot be had from its hosts"), "\(words)")
    #expect(try await resumeParked(bench, first, plan.id, .approve).deployments.map(\.conclusion?.status) == [.succeeded])
  }

  @Test("who goes further without the bundle is refused before hosts are asked; who goes back needs none")
  func bundle() async throws {
    let bench = try Bench(Self.text)
    let plan = try await parked(bench, by: StateFolder("one", on: bench))
    let second = StateFolder("two", on: bench, files: BenchFiles(["app/version": "2\n"]))
    let words = await refusal { _ = try await resumeParked(bench, second, plan.id, .approve) }
    #expect(words.contains("what is built here now is another one"), "\(words)")
    #expect(bench.transport.hosts.allSatisfy { $0.lock?.parked != nil })
    #expect(try await resumeParked(bench, second, plan.id, .reject).deployments.map(\.conclusion?.status) == [.failed, .succeeded])
  }
}
