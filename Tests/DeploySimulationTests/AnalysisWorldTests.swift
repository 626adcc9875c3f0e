import DeployCore
import DeployModel
import DeploySimulation
import Testing

/// Analyses during which the engine may die at any instant.
struct AnalysisWorldTests {
  /// A function that sends a request about each host to a server, and returns the body as the measure.
  private static var measure: SwiftScripts.Function {
    { subject in
      guard case .host(let host) = subject else { return { _ in Step(.ended(.returned(.null))) } }
      return { answer in
        guard case .outcome(let outcome) = answer else {
          return Step(.asked(.perform(.engine, .http(HTTPRequest(.get, Text("https://metrics.example/\(host)"))), timeout: nil)))
        }
        return Step(.ended(.returned(outcome.value["body"] ?? .null)))
      }
    }
  }

  private func world(failed: Int, crashes: [Int] = []) -> Simulation {
    let hosts = Worlds.hosts(4)
    let comparison = Comparison(.rate, pairs: 1, margin: "+0.5pp", alpha: 0.01)
    let watch = Watch(.function(5), hosts: [0, 1], every: .seconds(20), looks: 6, comparison: comparison)
    let gate = Gate(.analysis, name: "errors", time: .minutes(2), watch: watch, undecided: .pass)
    let decisions: [Decision] = [.wave([0], parallel: nil), .gate(gate), .wave([1, 2, 3], parallel: nil)]
    var simulation = Simulation(hosts: hosts) { _ in
      SwiftScripts([
        SwiftScripts.deciding(decisions), SwiftScripts.commands(["stop"]), SwiftScripts.commands(["bin/setup"]),
        SwiftScripts.commands(["start"]), SwiftScripts.check(port: 8080), Self.measure,
      ])
    }
    simulation.servers = { request in
      var answer = SimulatedAnswer()
      answer.response.body = "\(request.url)".hasSuffix("/0") ? "\(failed)/300" : "1/300"
      return answer
    }
    simulation.limit = 50_000
    simulation.followUp = { plan, conclusion, now in Worlds.back(plan, conclusion, now) }
    simulation.crashes = crashes
    simulation.add(Worlds.plan(for: hosts, batch: 3))
    simulation.run()
    return simulation
  }

  /// Returns the requests in the order of their intents, and how the analysis ended.
  private func story(_ simulation: Simulation) -> [String] {
    simulation.engines[0].entries.compactMap { entry in
      switch entry.fact {
      case .intended(let intent): if case .http(let request) = intent.operation { request.line } else { nil }
      case .noted(.gateClosed(_, let answer)): "\(answer.verdict): \(answer.comment)"
      default: nil
      }
    }
  }

  @Test(
    "a crash at any instant of an analysis, then resume: nothing is measured twice, and the verdict and the hosts are as without it",
    arguments: [1, 60])
  func crashes(failed: Int) {
    let undisturbed = world(failed: failed)
    #expect(undisturbed.checkers.broken == [])
    #expect(undisturbed.engines.map(\.conclusion?.status) == (failed == 1 ? [.succeeded] : [.failed, .succeeded]))
    if failed > 1 { #expect(undisturbed.engines[0].conclusion?.error?.failure.kind == .unfit) }
    let (told, outcome) = (story(undisturbed), Worlds.outcome(undisturbed).map { $0.split(separator: "[")[0] })
    #expect(told.count >= 3)
    var differences: [String] = []
    for point in 0..<undisturbed.crashPoints {
      let simulation = world(failed: failed, crashes: [point])
      if let broken = simulation.checkers.broken.first { differences.append("crash \(point): \(broken)") }
      if let stopped = simulation.stopped { differences.append("crash \(point): \(stopped)") }
      if story(simulation) != told { differences.append("crash \(point): \(story(simulation))") }
      if Worlds.outcome(simulation).map({ $0.split(separator: "[")[0] }) != outcome { differences.append("crash \(point): other hosts") }
    }
    #expect(differences.isEmpty, "\(differences.count): \(differences.prefix(5))")
  }
}
