import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

/// Stages that hosts remember, in simulated worlds: engines that die for a while or for ever, and later deployments.
@Suite("Stages in whole worlds")
struct StageWorldTests {
  private static let once = StageTerms(once: .revision, ground: .host)
  private static let final = StageTerms(once: .revision, ground: .host, irreversible: true)

  private static let rolling = Strategy(name: "rolling", function: 0, batch: .count(1))

  private static func scripts(_ plan: Plan) -> any Scripts {
    SwiftScripts([
      SwiftScripts.rolling(1, hosts: Array(plan.hosts.indices)), SwiftScripts.commands(["stop"]), SwiftScripts.commands(["setup"]),
      SwiftScripts.commands(["start"]), SwiftScripts.check(port: 8080),
      SwiftScripts.sequence { _ in [.perform(.host(0), .run(Command(.shell("migrate"))), timeout: nil)] },
    ])
  }

  private static func planned(
    _ surveys: [Survey], _ id: String, _ terms: StageTerms, last: Bool = false, ran: [String] = [], again: [String] = []
  ) throws -> Plan {
    var selection = try Worlds.selection(surveys.count)
    let own = Stage.script(name: "migrate", summary: "", function: 5, when: nil, place: nil, terms: terms)
    selection.recipe.flow.stages = last ? [.upload, .rollout(rolling), own] : [.upload, own, .rollout(rolling)]
    var input = Planner.Input(
      selection: selection, release: Worlds.new, bundle: Bundle(digest: Worlds.new.bundle, files: 10, bytes: 1000, source: "dist"),
      manifest: Manifest(items: []), sources: Worlds.sources, surveys: surveys)
    (input.ran, input.again) = (ran, again)
    return try Planner.deployment(input, by: Worlds.identity(id))
  }

  /// Plays the deployment `d1` of the new release to three hosts with the old one.
  private func world(
    _ terms: StageTerms = once, last: Bool = false, failing host: Int? = nil, seed: UInt64 = 1, faults: Faults = Faults(),
    crashes: [Int] = [], lapse: Lapse? = nil, defect: Defect? = nil
  ) throws -> Simulation {
    var faults = faults
    if let host { faults.appointments.append(.failing(host: host, .validateService, release: Worlds.new.id)) }
    var simulation = Simulation(hosts: Worlds.hosts(3), seed: seed, faults: faults, scripts: Self.scripts)
    simulation.limit = 50_000
    (simulation.crashes, simulation.lapse, simulation.defect) = (crashes, lapse, defect)
    simulation.followUp = { plan, conclusion, now in Worlds.back(plan, conclusion, now) }
    simulation.add(try Self.planned(simulation.surveys(), "d1", terms, last: last))
    return simulation
  }

  private static func outcome(_ simulation: Simulation) -> [String] {
    zip(Worlds.outcome(simulation), simulation.hosts).map { outcome, host in
      "\(outcome) \(host.marks.map { "\($0.stage) \($0.state) \($0.deployment)" })"
    }
  }

  private static func runs(_ simulation: Simulation) -> [String] {
    Worlds.ledger(simulation.hosts[0]).filter { $0.contains("migrate") }
  }

  // MARK: crashes

  @Test(
    "a crash at any instant around a stage that hosts remember, then resume: it ran once, and hosts and marks are as without it",
    arguments: [(once, false, nil), (once, false, 2), (final, true, nil), (final, false, 2)] as [(StageTerms, Bool, Int?)])
  func resumed(terms: StageTerms, last: Bool, failing: Int?) throws {
    func played(_ crashes: [Int]) throws -> Simulation {
      var simulation = try world(terms, last: last, failing: failing, crashes: crashes)
      simulation.run()
      return simulation
    }
    let undisturbed = try played([])
    let wanted = Self.outcome(undisturbed)
    #expect(undisturbed.checkers.broken == [] && undisturbed.crashPoints > 100)
    #expect(Self.runs(undisturbed) == ["d1 migrate x1"])
    #expect(undisturbed.hosts.allSatisfy { $0.marks.map(\.state) == [.done] }, "\(wanted)")
    let goesBack = failing != nil && terms.irreversible == nil
    #expect(undisturbed.engines.map(\.conclusion?.status) == [failing == nil ? .succeeded : .failed] + (goesBack ? [.succeeded] : []))
    for point in 0..<undisturbed.crashPoints {
      let crashed = try played([point])
      #expect(crashed.checkers.broken == [] && crashed.stopped == nil, "crash \(point): \(crashed.checkers.broken)")
      #expect(Self.outcome(crashed) == wanted, "crash \(point)")
    }
  }

  @Test(
    "an engine dies for good at any instant: the next one runs the stage if it never began, skips it if it is done, and is asked else"
  )
  func forGood() throws {
    var whole = try world()
    whole.run()
    var (asked, skipped, ran) = (0, 0, 0)
    for point in 1..<whole.crashPoints {
      var simulation = try world(crashes: [point])
      simulation.absence = .seconds(1_000_000)
      simulation.run(until: .seconds(600))
      let before = Self.runs(simulation)
      do {
        simulation.add(try Self.planned(simulation.surveys(), "d2", Self.once))
        if before.isEmpty { ran += 1 } else { skipped += 1 }
      } catch let problems as Problems {
        asked += 1
        #expect(problems.list.map(\.message).allSatisfy { $0.contains("nobody knows whether it came to its end") }, "\(problems.list)")
        // A person checks on the host whether the stage ran.
        let names = ["migrate"]
        simulation.add(
          try Self.planned(
            simulation.surveys(), "d2", Self.once, ran: before.isEmpty ? [] : names, again: before.isEmpty ? names : []))
      }
      simulation.run(until: .seconds(1200))
      let second = simulation.engines.first { $0.plan.id == "d2" }?.conclusion
      if second?.error?.failure.message.contains("nobody knows whether it came to its end") == true {
        // The dead engine still had the lock when the second deployment was planned, so the hosts tell of the stage only when the stage
        // begins.
        asked += 1
        let names = ["migrate"]
        simulation.add(
          try Self.planned(
            simulation.surveys(), "d3", Self.once, ran: before.isEmpty ? [] : names, again: before.isEmpty ? names : []))
        simulation.run(until: .seconds(1800))
      }
      #expect(simulation.checkers.broken == [] && simulation.stopped == nil, "killed at \(point): \(simulation.checkers.broken)")
      #expect(simulation.hosts.allSatisfy { $0.current == Worlds.new.id }, "killed at \(point)")
      #expect(Self.runs(simulation).count == 1, "killed at \(point): \(Self.runs(simulation))")
      let marks = simulation.hosts.flatMap(\.marks)
      #expect(marks.count == 3 && marks.allSatisfy { $0.state == .done }, "killed at \(point): \(marks)")
    }
    #expect(asked > 3 && skipped > 3 && ran > 3, "\(asked) asked, \(skipped) skipped, \(ran) ran")
  }

  @Test("whatever goes wrong, a stage that runs once for a revision is run no second time by a guess")
  func chaos() throws {
    var (asked, played) = (0, 0)
    for seed in UInt64(1)...200 {
      // The simulation may have no plan, because hosts were unreachable.
      guard var simulation = try? world(seed: seed, faults: try Faults.parse("chaos")) else { continue }
      simulation.run()
      #expect(simulation.checkers.broken == [], "seed \(seed): \(simulation.checkers.broken)")
      do {
        // In every other run, the first survey does not know about the stage.
        let surveys = seed % 2 == 0 ? simulation.surveys() : Self.forgetful(simulation.surveys())
        simulation.add(try Self.planned(surveys, "d2", Self.once), after: .seconds(300))
        simulation.run()
        played += 1
      } catch is Problems { asked += 1 }
      #expect(simulation.checkers.broken == [] && simulation.stopped == nil, "seed \(seed): \(simulation.checkers.broken)")
    }
    #expect(played > 50, "\(asked) asked, \(played) played")
  }

  private static func forgetful(_ surveys: [Survey]) -> [Survey] {
    surveys.map { survey in
      guard case .reached(var state) = survey else { return survey }
      state.marks = nil
      return .reached(state)
    }
  }

  @Test("an engine dies in a stage, whose command then comes to its end, and who comes cancels: it is not run again by a guess")
  func cancelled() throws {
    var whole = try world()
    whole.run()
    let job = try #require(
      whole.hosts[0].jobs.first { job in
        if case .run = job.intent.operation { job.intent.site.stage == "migrate" } else { false }
      })
    let later = job.began - Timestamp(milliseconds: 1_800_000_000_000) + .seconds(10)
    var (asked, again) = (0, 0)
    for point in stride(from: 0, to: whole.crashPoints, by: 2) {
      var faults = Faults()
      faults.appointments = [.cancel(at: later)]
      var simulation = try world(faults: faults, crashes: [point])
      simulation.absence = .seconds(60)
      simulation.run()
      guard simulation.engines[0].conclusion?.status == .cancelled else { continue }
      simulation.faults.appointments = []
      do {
        simulation.add(try Self.planned(simulation.surveys(), "d2", Self.once))
        simulation.run()
        again += 1
      } catch is Problems { asked += 1 }
      #expect(simulation.checkers.broken == [] && simulation.stopped == nil, "killed at \(point): \(simulation.checkers.broken)")
    }
    #expect(asked + again > 10 && again > 0, "\(asked) asked, \(again) again")
  }

  // MARK: planted

  @Test("hosts that forget a stage, and a core that asks them nothing, let it run twice, which breaks once")
  func forgotten() throws {
    /// Plays a first deployment that fails after the stage, and a second one whose plan does not know about the stage. Returns the broken
    /// promises.
    func broken(_ defect: Defect?, _ lapse: Lapse?) throws -> [String] {
      var simulation = try world(failing: 0, lapse: lapse, defect: defect)
      simulation.run()
      #expect(simulation.engines[0].conclusion?.status == .failed)
      simulation.faults.appointments = []
      simulation.add(try Self.planned(Self.forgetful(simulation.surveys()), "d2", Self.once))
      simulation.run()
      if defect == nil, lapse == nil {
        #expect(Self.runs(simulation) == ["d1 migrate x1"] && simulation.engines.last?.conclusion?.status == .succeeded)
      }
      return simulation.checkers.broken.map(\.promise)
    }
    #expect(try broken(nil, nil) == [])
    #expect(try broken(.stageForgotten, nil) == ["once"])
    #expect(try broken(nil, .markForgotten) == ["once"])
  }

  @Test("a core that takes a stage whose end nobody knows for failed runs it again, which breaks once")
  func lost() throws {
    /// Plays a deployment in which the stage's host loses power while the stage runs; nil: no time of the power loss hits the stage.
    func first(_ lapse: Lapse?) throws -> Simulation? {
      for tick in 1...400 {
        var faults = Faults()
        faults.appointments = [.reboot(host: 0, at: Interval(milliseconds: tick * 50))]
        var simulation = try world(faults: faults, lapse: lapse)
        simulation.run()
        let error = simulation.engines[0].conclusion?.error
        if error?.failure.kind == .lost, !Self.runs(simulation).isEmpty, simulation.hosts[1].current == Worlds.old.id { return simulation }
      }
      return nil
    }
    let calm = try #require(try first(nil))
    #expect(calm.checkers.broken == [] && calm.hosts[1].marks.map(\.state) == [.begun])
    #expect(throws: Problems.self) { try Self.planned(calm.surveys(), "d2", Self.once) }
    var lapsed = try #require(try first(.lostForgotten))
    lapsed.faults.appointments = []
    lapsed.add(try Self.planned(lapsed.surveys(), "d2", Self.once))
    lapsed.run()
    #expect(lapsed.checkers.broken.map(\.promise) == ["once"])
  }

  @Test("a core that takes hosts back behind a stage that cannot be undone breaks P7")
  func returns() throws {
    func broken(_ lapse: Lapse?) throws -> [String] {
      var simulation = try world(Self.final, failing: 2, lapse: lapse)
      simulation.run()
      return simulation.checkers.broken.map(\.promise)
    }
    #expect(try broken(nil) == [])
    #expect(try broken(.returnsAnyway).contains("P7"))
  }
}
