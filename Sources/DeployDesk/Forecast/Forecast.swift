import DeployCore
package import DeployModel
import DeploySimulation

/// The results of many simulated runs of a rollout, with one row for each combination of strategy and fault. The core and the strategy are
/// those of real deployments. Only how long each host takes, and whether it succeeds, is random. The same seed gives the same rows.
package struct Forecast: Sendable {
  /// A strategy to simulate, with its project and request.
  package struct Candidate: Sendable {
    /// The strategy's name, as people see it.
    package var name: String
    package var project: LoadedProject
    package var asked: Asked

    package init(name: String, project: LoadedProject, asked: Asked) {
      self.name = name
      self.project = project
      self.asked = asked
    }
  }

  /// The size of the simulation.
  package struct Size: Sendable {
    /// The number of hosts, or nil for the group's own hosts.
    package var hosts: Int?
    /// The number of runs for each row.
    package var runs: Int
    package var seed: UInt64
    /// The median time that a deployment takes on one host.
    package var pace: Interval
    /// The measurements that an analysis reads from hosts.
    var metrics = FleetMetrics()

    package init(hosts: Int? = nil, runs: Int = 200, seed: UInt64, pace: Interval = .seconds(30)) {
      self.hosts = hosts
      self.runs = runs
      self.seed = seed
      self.pace = pace
    }

    /// Sets the measurements that an analysis reads from hosts if the release is as good as the old one. Nil keeps the usual measurement.
    /// - Parameters:
    ///   - requests: the number of requests that a host serves in a second.
    ///   - failing: the fraction of requests that fail, from 0 to 1.
    ///   - value: the median of the value that a function measures.
    package mutating func shows(requests: Double?, failing: Double?, value: Double?) {
      metrics.requests = requests ?? metrics.requests
      metrics.failing = failing ?? metrics.failing
      metrics.value = value ?? metrics.value
    }
  }

  /// The names of the faults that can be simulated.
  package static var faults: [String] { FleetFaults.names.map(\.name) }

  /// Reads a fraction such as `1%` or `0.01`. Returns nil if the text is not a number, or is not between 0 and 1.
  package static func share(_ text: String) -> Double? { FleetFaults.share(text) }

  /// The number of hosts in each run.
  package let hosts: Int
  package let size: Size
  private let stage: RehearsalStage
  private let tried: [FleetPlan]
  private let wanted: [FleetFaults]

  /// Three upper limits: the number of hosts, the number of runs in one row, and the sum of hosts times runs over all rows.
  package static let (mostHosts, mostRuns, most) = (100_000, 100_000, 1_000_000_000)

  /// Plans all rows. Nothing is simulated yet.
  /// - Parameters:
  ///   - candidates: the strategies. All of them use the hosts of the first strategy's plan.
  ///   - faults: the faults as typed, such as `bad-release` or `flaky=0.1%,slow`, with one string for each row. If the list is empty, there
  ///     is one row without faults.
  /// - Throws: an error that lists all problems of the request.
  package init(
    _ candidates: [Candidate], faults typed: [String], size: Size, stage: RehearsalStage, engine: String
  ) throws(Problems) {
    var problems: [Problem] = []
    var faults: [FleetFaults] = []
    for text in typed.isEmpty ? ["none"] : typed {
      do throws(Problems) { faults.append(try FleetFaults(parsing: text)) } catch { problems += error.list }
    }
    let rows = candidates.count.times(faults.count)
    // A fleet that is too large is refused before it is planned.
    let excess = size.hosts.map { Self.excess($0, rows, size) } ?? []
    if !excess.isEmpty { throw Problems(problems + excess) }
    var tried: [FleetPlan] = []
    var fleet: [Host]?
    for candidate in candidates {
      do throws(Problems) {
        let fleetPlan = try FleetPlan(candidate, fleet: fleet, hosts: size.hosts, size.seed, stage, engine)
        fleet = fleet ?? fleetPlan.plan.hosts.map(\.host)
        tried.append(fleetPlan)
      } catch { problems += error.list.filter { !problems.contains($0) } }
    }
    hosts = fleet?.count ?? 0
    if problems.isEmpty { problems += Self.excess(hosts, rows, size) }
    guard problems.isEmpty else { throw Problems(problems) }
    (self.size, self.stage, self.tried, wanted) = (size, stage, tried, faults)
  }

  /// Returns the recipe that a request names.
  /// - Throws: an error that lists all problems of the request.
  package static func recipe(of asked: Asked, in project: LoadedProject) throws(Problems) -> Recipe {
    try Selection(asked.request, in: project.project, besides: asked.unclear).recipe
  }

  /// Returns a problem for each limit that a forecast exceeds.
  private static func excess(_ hosts: Int, _ rows: Int, _ size: Size) -> [Problem] {
    let total = hosts.times(size.runs).times(rows)
    guard total > Self.most else { return [] }
    return [
      Problem(
        "\(hosts.of("host")), \(size.runs.of("run")) and \(rows.of("row")) are \(total.grouped) hosts to play, and \(Self.most.grouped) "
          + "is the most", subject: "--runs", fix: "take fewer runs, hosts or faults")
    ]
  }

  /// The plan of each strategy, in order.
  var plans: [Plan] { tried.map(\.plan) }

  /// The number of runs that end by the same mistake in the recipe, after which a row ends if every run so far ended by a mistake. Such a
  /// run can take as long as a script is allowed to run, and further ones say nothing new.
  static let mostMistakes = 3

  /// Simulates all runs.
  /// - Parameter tell: called before each row with a line about that row.
  /// - Throws: an error that says why a run did not end.
  package func rows(tell: (String) -> Void = { _ in }) throws(Problems) -> [ForecastRow] {
    var rows: [ForecastRow] = []
    for one in tried {
      let course = one.course(on: stage)
      for faults in wanted {
        tell("\(one.name), faults: \(faults.text): \(size.runs.of("run")) of \(hosts.of("host"))")
        var row = ForecastRow(strategy: one.name, faults: faults, runs: try play(course, faults), of: size.runs)
        if faults.flaky > 0 { row.add(withoutRetry: try play(course, faults.withoutRetry)) }
        rows.append(row)
      }
    }
    return rows
  }

  /// Simulates the runs of one row.
  /// - Returns: the runs. These are fewer than asked for if the first ones all ended by mistakes, and too many of them by the same one.
  private func play(
    _ course: (UInt64) throws(Problems) -> FleetCourse, _ faults: FleetFaults
  ) throws(Problems) -> [ForecastRow.Run] {
    var runs: [ForecastRow.Run] = []
    runs.reserveCapacity(size.runs)
    var mistakes: [Problem: Int] = [:]
    for number in 0..<size.runs {
      let draws = FleetDraws(hosts, faults, seed: size.seed, run: number, pace: size.pace)
      let seed = size.seed &+ UInt64(number)
      let played = try course(seed).play(draws, faults, size.metrics, seed: seed)
      runs.append(ForecastRow.Run(played, of: hosts))
      guard let mistake = played.mistake else { continue }
      mistakes[mistake, default: 0] += 1
      let areAllBroken = mistakes.values.reduce(0, +) == runs.count
      if areAllBroken, mistakes.values.contains(Self.mostMistakes) { break }
    }
    return runs
  }
}
