import DeployCore
import DeployModel
import DeploySimulation
import Foundation
import Testing

/// Crashes of the engine at every instant: before and after every append and every effect.
struct CrashTests {
  /// Plays a deployment to 3 hosts in 2 waves. With `failing`, the second wave fails and all hosts are rolled back.
  private func world(crashes: [Int], failing: Bool) -> Simulation {
    var faults = Faults()
    if failing { faults.appointments = [.failing(host: 2, .validateService, release: Worlds.new.id)] }
    var simulation = Worlds.simulation(3, batch: 2, faults: faults)
    simulation.crashes = crashes
    simulation.run()
    return simulation
  }

  /// Returns how a simulation with these crashes differs from the undisturbed one; nil: it does not differ.
  private func difference(_ crashes: [Int], _ failing: Bool, _ undisturbed: [String]) -> String? {
    let simulation = world(crashes: crashes, failing: failing)
    if let broken = simulation.checkers.broken.first { return "crashes \(crashes): \(broken)" }
    if let stopped = simulation.stopped { return "crashes \(crashes): \(stopped)" }
    let statuses = simulation.engines.map(\.conclusion?.status)
    guard statuses == (failing ? [.failed, .succeeded] : [.succeeded]) else { return "crashes \(crashes): \(statuses)" }
    let outcome = Worlds.outcome(simulation)
    return outcome == undisturbed ? nil : "crashes \(crashes): \(outcome)"
  }

  @Test("a crash at any instant, then resume: every promise holds, and the hosts end as without it", arguments: [false, true])
  func single(failing: Bool) {
    let undisturbed = world(crashes: [], failing: failing)
    #expect(undisturbed.checkers.broken == [])
    #expect(undisturbed.crashPoints > 100)
    let hosts = Worlds.outcome(undisturbed)
    let differences = (0..<undisturbed.crashPoints).compactMap { difference([$0], failing, hosts) }
    #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(5))")
    Worlds.report("single crash points, \(failing ? "with a failing wave and the way back" : "all well"): \(undisturbed.crashPoints)")
  }

  /// Whether every pair of crashes is tested, as `scripts/test --full` does in a release build; false: one pair in nine, and the pairs with
  /// a small distance.
  static let triesAll = ProcessInfo.processInfo.environment["LANDER_CRASHES"] == "all"

  @Test("a second crash at any instant after the first, then resume: the same", arguments: [false, true])
  func double(failing: Bool) {
    let undisturbed = world(crashes: [], failing: failing)
    let hosts = Worlds.outcome(undisturbed)
    var differences: [String] = []
    var (tried, all) = (0, 0)
    for first in 0..<undisturbed.crashPoints {
      // The crash points of the engine that resumes.
      let seconds = (first + 1)..<world(crashes: [first], failing: failing).crashPoints
      all += seconds.count
      for second in seconds where Self.triesAll || second - first <= 2 || (first + second) % 9 == 0 {
        if let found = difference([first, second], failing, hosts) { differences.append(found) }
        tried += 1
      }
    }
    #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(5))")
    #expect(tried == all || !Self.triesAll && tried > all / 9)
    Worlds.report("double crashes, \(failing ? "with a failing wave and the way back" : "all well"): \(tried) of \(all)")
  }

  @Test("a journal cut at any entry brings the rollout back to where it stood there")
  func prefixes() throws {
    let whole = world(crashes: [], failing: false)
    let plan = whole.engines[0].plan
    let entries = whole.engines[0].entries
    for count in 1...entries.count {
      let scripts = Worlds.scripts(batch: 2)
      let once = try Recovery(replaying: Array(entries.prefix(count)), of: plan, scripts: scripts(plan))
      let again = try Recovery(replaying: Array(entries.prefix(count)), of: plan, scripts: scripts(plan))
      #expect(once.conductor.rollout.statuses == again.conductor.rollout.statuses)
      #expect(once.outstanding == again.outstanding)
      #expect(once.unjournalled == again.unjournalled)
    }
  }
}
