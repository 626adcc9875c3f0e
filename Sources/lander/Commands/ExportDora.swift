import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Prints DORA's four metrics for the deployments that were made from this state folder.
struct ExportDora: Verb {
  static let configuration = CommandConfiguration(
    commandName: "dora",
    abstract: "Prints deployment frequency, lead time for changes, change failure rate and recovery time.",
    discussion: """
      Reads the journal of this machine, and prints the figures for each application and group. The command asks no host, and does not \
      count deployments from other machines. docs/metrics.md defines the four measures. If a figure is unknown, the command leaves it out. \
      For example, there is no lead time without commits.

      Examples:
        lander export dora --since 90d
        lander export dora --since 2026-01-01 --format csv > dora.csv
        lander export dora --format prometheus > /var/lib/node_exporter/lander.prom
      """)

  /// The output format.
  enum Format: String, CaseIterable, ExpressibleByArgument { case text, csv, prometheus }

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Option(
    help: ArgumentHelp(
      "Only deployments that ended in the last 30 days (30d), or on or after a day in UTC (2026-01-31).", valueName: "time"))
  var since: Since = Since(argument: "30d") ?? .back(.minutes(43_200))
  @Option(help: "The format: text, csv, or prometheus (for a textfile collector). For JSON, use --json instead.")
  var format = Format.text
  @Option(help: ArgumentHelp("Only this application.", valueName: "name"))
  var application: String?
  @Option(help: ArgumentHelp("Only this group.", valueName: "name"), completion: KnownNames.groups)
  var group: String?

  func validate() throws {
    if format != .text { try form.refuse(beside: "--format \(format.rawValue)") }
    if since.moment(before: SystemClock.now) >= SystemClock.now { throw ValidationError("--since is not in the past: --since 30d") }
  }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let now = SystemClock.now
    let begin = since.moment(before: now)
    let past = try Wiring.past(options)
    let all = try await past?.deployments() ?? []
    var measured: [DeliveryMetrics.Deployment] = []
    for one in all where isMeant(one) {
      let story = DeploymentStory((try? await past?.outline(of: one.id)) ?? [])
      if let deployment = DeliveryMetrics.Deployment(story) { measured.append(deployment) }
    }
    let metrics = DeliveryMetrics(measured, since: begin, until: now)
    terminal.give(metrics.value)
    switch format {
    case .text: terminal.say(metrics.lines(on: terminal.out))
    case .csv: Terminal.write(metrics.csv, to: 1)
    case .prometheus: Terminal.write(metrics.prometheus, to: 1)
    }
    if let first = all.last?.began, first > begin {
      terminal.tell("The journal begins at \(When(first, zone: terminal.out.zone).full): it does not know earlier deployments.")
    }
    let damaged = all.count { if case .damaged = $0.state { true } else { false } }
    if damaged > 0 { terminal.tell("\(damaged.of("deployment")) with a damaged journal may be missing: lander audit names them.") }
    return .done
  }

  private func isMeant(_ one: DeploymentSummary) -> Bool {
    (application.map { one.application.isExactly($0) } ?? true) && (group.map { one.group.isExactly($0) } ?? true)
  }
}
