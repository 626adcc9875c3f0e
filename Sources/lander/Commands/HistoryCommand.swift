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
        lander history train-20261121-113045-x7k2
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Option(
    name: [.customShort("n"), .long], parsing: .unconditional,
    help: ArgumentHelp("Maximum number to list.", valueName: "count"))
  var limit = 20

  @Argument(help: ArgumentHelp("Only the deployments of this train (several groups).", valueName: "train"))
  var train: String?

  func validate() throws { if limit < 1 { throw ValidationError("-n takes 1 or more") } }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let past = try Wiring.past(options)
    var all = try await past?.deployments() ?? []
    let known = all
    if let word = train {
      let train = try TrainFile.one(word, in: options.existingStateFolder())
      terminal.say(TrainReport(train).lines(on: terminal.out) + [""])
      let members = try await past?.members(of: train).map(\.id) ?? []
      all = all.filter { members.contains($0.id) }
    }
    let pairs = form.isWanted ? Pair.all(all) : []
    var report = HistoryReport(all.prefix(limit))
    for (index, deployment) in all.prefix(limit).enumerated() {
      if let gate = try await past?.openGate(of: deployment) {
        let isLate = deployment.parked.map { $0 <= SystemClock.now } ?? false
        // It may have been ended elsewhere; this journal does not know.
        report.entries[index].waits = isLate ? nil : gate
        if isLate { report.entries[index].next = "lander resume \(deployment.id)  its time is over" }
      }
      let account = try await past?.account(of: deployment.id)
      report.entries[index].account = account
      // A deployment and the rollback that followed were one command.
      let pair = pairs.first { $0.first.id == deployment.id && $0.back != nil && $0.state == .concluded }
      report.entries[index].exit = if let pair { try await past?.account(of: pair).exit } else { account?.exit }
    }
    terminal.show(report.lines(on: terminal.out), report.value)
    let trains = OpenTrains(options)
    for train in trains.all where self.train == nil {
      let lines = TrainReport(train).open(isHeld: trains.isHeld(train), newer: train.overtaking(known))
      terminal.tell(["Open: \(lines[0])"] + lines.dropFirst())
    }
    if all.count > limit { terminal.tell("\(all.count - limit) older ones; -n shows more.") }
    return .done
  }
}
