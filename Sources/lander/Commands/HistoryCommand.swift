import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Lists the deployments of this project's journal.
struct HistoryCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Lists the deployments that were made from here, the newest first.",
    discussion: """
      What other machines deployed is in their journals; lander status asks the hosts.

      Examples:
        lander history
        lander history -n 100 --json
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Option(
    name: [.customShort("n"), .long], parsing: .unconditional,
    help: ArgumentHelp("Maximum number to list.", valueName: "count"))
  var limit = 20

  func validate() throws { if limit < 1 { throw ValidationError("-n takes 1 or more") } }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let past = try Wiring.past(options)
    let all = try await past?.deployments() ?? []
    let pairs = form.isWanted ? Pair.all(all) : []
    var report = HistoryReport(all.prefix(limit))
    for (index, deployment) in all.prefix(limit).enumerated() {
      if let gate = try await past?.openGate(of: deployment) { report.entries[index].waits = gate }
      let account = try await past?.account(of: deployment.id)
      report.entries[index].account = account
      // A deployment and the rollback that followed are one command.
      let pair = pairs.first { $0.first.id == deployment.id && $0.back != nil && $0.state == .concluded }
      report.entries[index].exit = if let pair { try await past?.account(of: pair).exit } else { account?.exit }
    }
    terminal.show(report.lines(on: terminal.out), report.value)
    for train in OpenTrains(options).all {
      terminal.tell("Open: train \(train.id) \(TrainReport(train).what); lander resume \(train.id) continues it")
    }
    if all.count > limit { terminal.tell("\(all.count - limit) older ones; -n shows more.") }
    return .done
  }
}
