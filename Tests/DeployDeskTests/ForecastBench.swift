import DeployCore
import DeployModel
import DeploySimulation

@testable import DeployDesk

/// Computes forecasts of a recipe with a given body, and of other strategies.
enum ForecastBench {
  static func forecast(
    _ faults: [String], _ body: String = "", hosts: Int, runs: Int, seed: UInt64 = 5, compare: [String] = [], failing: Double? = nil
  ) throws -> Forecast {
    let bench = try Bench(Bench.text(body: body))
    let name = bench.project.project.recipes[0].strategy?.name ?? "one wave"
    var candidates = [Forecast.Candidate(name: name, project: bench.project, asked: Asked(DeploymentRequest()))]
    for text in compare {
      let other = try Bench(Bench.text(body: "strategy = \(text),")).project
      candidates.append(Forecast.Candidate(name: text, project: other, asked: Asked(DeploymentRequest())))
    }
    var size = Forecast.Size(hosts: hosts, runs: runs, seed: seed)
    size.shows(requests: nil, failing: failing, value: nil)
    return try Forecast(candidates, faults: faults, size: size, stage: bench.desk.stage, engine: "test")
  }

  /// Returns random values and faults for a run in which nothing goes wrong.
  static func calm(_ hosts: Int) -> (FleetDraws, FleetFaults) {
    (FleetDraws(hosts, FleetFaults(), seed: 0, run: 0, pace: .seconds(30)), FleetFaults())
  }
}
