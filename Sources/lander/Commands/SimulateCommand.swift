import ArgumentParser
import DeployCore
import DeployDesk
import DeployModel
import DeployReport
import Foundation

/// Runs a rollout many times on a simulated fleet, and measures how long it takes and what effect faults have.
struct SimulateCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Runs a rollout many times on simulated hosts, and measures it.",
    discussion: """
      The simulation uses the recipe's own strategy, bounds and gates, on a virtual clock. It contacts no real host and runs no hook. For \
      each host, it draws a random duration and a random result. A simulated person answers the gates.

      The output says how long a rollout takes, and how often it stops a good release. It also says whether and when a rollout finds a bad \
      release, and how many hosts have the bad release by then. The figures do not include the rollback that follows. Each --fault adds a \
      row to the output. Faults that are separated by commas share a row. The faults are \(Forecast.faults.joined(separator: ", ")). \
      --html writes a page that compares the rows in plots. The page needs no script and no server.

      Examples:
        lander simulate web --hosts 200
        lander simulate web --hosts 200 --fault bad-release --compare all_at_once canary --html simulation.html
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var subject: SubjectOptions
  @OptionGroup var fleet: FleetOptions
  @OptionGroup var metrics: MetricOptions
  @Option(parsing: .unconditional, help: ArgumentHelp("The number of runs for each row.", valueName: "count"))
  var runs = 200
  @Option(help: ArgumentHelp("The faults of a row: bad-release, flaky=0.1%, leak=45m, or none. May be repeated.", valueName: "fault"))
  var fault: [String] = []
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      """
      Other strategies to compare on the same hosts, under the same bounds: all_at_once, 'rolling { batch = "10%" }', \
      CodeDeployDefault.OneAtATime.
      """, valueName: "strategy"))
  var compare: [String] = []
  @Option(help: ArgumentHelp("Write a page with plots to this file.", valueName: "file"))
  var html: String?
  @Option(help: ArgumentHelp("The median time that a deployment takes on a host.", valueName: "duration"))
  var hostTime = "30s"

  func validate() throws {
    if runs < 1 || runs > Forecast.mostRuns { throw ValidationError("--runs takes 1 to \(Forecast.mostRuns)") }
    guard let time = Interval(hostTime), time > .zero else { throw ValidationError("--host-time takes a duration such as 30s") }
  }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try Wiring.project(options)
    let asked = try subject.asked(of: project.project)
    let recipe = try Forecast.recipe(of: asked, in: project)
    var candidates = [Forecast.Candidate(name: recipe.strategy?.name ?? "one wave", project: project, asked: asked)]
    for text in compare {
      let other = try Wiring.strategy(text, in: recipe, options)
      candidates.append(Forecast.Candidate(name: text, project: other, asked: Asked(DeploymentRequest())))
    }
    var size = Forecast.Size(hosts: fleet.hosts, runs: runs, seed: fleet.chosenSeed, pace: Interval(hostTime) ?? .seconds(30))
    metrics.set(in: &size)
    let forecast = try Forecast(candidates, faults: fault, size: size, stage: Wiring.stage, engine: Version.number)
    let page = try html.map { try ResultFile(at: Folder.absolute($0), option: "--html") }
    let isLong = forecast.hosts.times(runs) > 100_000
    let rows = try forecast.rows { if isLong { terminal.tell($0) } }
    let table = ForecastTable(recipe: recipe.name, forecast, rows, metrics)
    terminal.show(table.lines(on: terminal.out), table.value)
    try page?.write(Data(ForecastPage(recipe: recipe.name, forecast, rows, metrics).document.html.utf8))
    if let html { terminal.tell("Wrote \(html).") }
    try table.refuseMistakes()
    return .done
  }
}
