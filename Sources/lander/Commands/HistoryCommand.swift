import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Lists the deployments of this project's journal.
struct HistoryCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "history",
    abstract: "Lists the deployments that were started on this machine, the newest first.",
    discussion: """
      The journal on a machine contains only the deployments that were started there. lander status asks the hosts, so it shows the \
      deployments from all machines.

      Examples:
        lander history
        lander history -n 100 --json
        lander history train-20261121-113045-x7k2
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @Option(
    name: [.customShort("n"), .long], parsing: .unconditional,
    help: ArgumentHelp("Maximum number of deployments to list.", valueName: "count"))
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
    let pairs = DeploymentPair.all(known)
    var report = HistoryReport(all.prefix(limit))
    for (index, deployment) in all.prefix(limit).enumerated() {
      if let gate = try await past?.openGate(of: deployment) {
        let isLate = deployment.parked.map { $0 <= SystemClock.now } ?? false
        // If another machine has ended the deployment, this journal does not show it.
        report.entries[index].waits = isLate ? nil : gate
        if isLate { report.entries[index].next = "lander resume \(deployment.id)  its time is over" }
      }
      let account = try await past?.account(of: deployment.id)
      // A deployment and the rollback that followed it belong together, so hosts that the rollback restored need no attention.
      let pair = pairs.first { $0.first.id == deployment.id && $0.back != nil }
      let both = if let pair { try await past?.account(of: pair) } else { account }
      report.entries[index].account = both.flatMap { account?.leaving(as: $0) }
      report.entries[index].exit = pair?.state == .concluded ? both?.exit : account?.exit
    }
    terminal.show(report.lines(on: terminal.out), report.value)
    terminal.tell(await KnownAlarms(options, past).open(among: all, on: terminal.err))
    let trains = OpenTrains(options)
    for train in trains.all where self.train == nil {
      let lines = TrainReport(train).open(isHeld: trains.isHeld(train), newer: train.overtaking(known))
      terminal.tell(["Open: \(lines[0])"] + lines.dropFirst())
    }
    if all.count > limit { terminal.tell("\(all.count - limit) older ones; -n shows more.") }
    return .done
  }
}
