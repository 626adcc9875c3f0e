import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport
import Glibc

/// Shows a deployment that another process runs, in the same form in which that process shows it.
struct FollowCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "follow", abstract: "Shows a deployment of another process on this machine, from the first entry to the last.",
    discussion: """
      The command reads the journal, so it shows all entries from the beginning, even if the deployment has already ended. If the \
      deployment fails, the command also shows the rollback. With --output ndjson, it prints each entry as a line on standard output, as \
      lander deploy does. A program that was interrupted can get exactly the lines that it missed. It gives the deployment's id, and with \
      --since-seq the seq of the last line that it has. With the id of a train (several groups), the command shows the deployments one \
      after the other. It also shows what the train waits for between two deployments. The exit codes are those of lander wait. Ctrl-C \
      only stops following. To cancel the deployment, use lander cancel.

      With --alarm, the command continues to watch the alarm of a successful deployment (alarm = { … } in its recipe) until the alarm \
      ends. You can use it from any shell with the same state folder. If too many checks fail, the alarm fires, and lander rolls the hosts \
      back as lander rollback does. Ctrl-C stops watching. To continue, type the same command again.

      Exit codes with --alarm:
        0   the alarm did not fire, or one of the hosts got a newer release
        4   another process already watches the alarm
        11  the alarm fired, and the rollback failed
        12  the alarm fired, and the rollback changed no host or has not ended
        14  the checks were inconclusive
        17  the alarm fired, and the hosts were rolled back
        20  the alarm fired, but a host is unreachable and nothing was changed

      Examples:
        lander follow
        lander follow last --output ndjson
        lander follow 20261121-113045-x7k2 --since-seq 118 --output ndjson
        lander follow last --alarm
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var choice: OpenChoice
  @Option(help: ArgumentHelp("Only show the entries of the deployment that come after this seq.", valueName: "seq"))
  var sinceSeq: Int?
  @Option(
    help: """
      How to show the deployment: live (on a terminal), plain (lines), quiet (only gates, answers and warnings), or ndjson. With ndjson, \
      standard output gets the journal's entries, then how the deployment ended.
      """)
  var output: Surface.Mode?

  @Flag(help: "Watch the alarm of a successful deployment until the alarm ends. Roll back if too many checks fail.")
  var alarm = false

  func validate() throws {
    if output == .ndjson { try Ending.refuseTwoForms() }
    if let sinceSeq, sinceSeq < 0 { throw ValidationError("--since-seq takes the seq of a line: 0 or more") }
    if alarm, sinceSeq != nil { throw ValidationError("--since-seq cannot be combined with --alarm, because an alarm has no journal") }
  }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    if alarm {
      let progress = try ProgressOptions.parse(output.map { ["--output", $0.rawValue] } ?? [])
      let alarms = AlarmFollowUp(options: options, progress: progress, terminal: terminal)
      return try await alarms.follow(choice.id ?? "last")
    }
    let desk = try Wiring.pastDesk(options, tell: terminal.listener())
    return try await desk.use { desk in
      var shown = FollowedLines(output, desk, terminal)
      if let watch = try await TrainWatch(choice.id, options, at: desk, on: terminal) { return try await train(watch, &shown) }
      let pair = try await desk.past.pair(choice.id, or: [.running, .interrupted])
      EarlyEnd.onlyWaits(for: pair.first.id, which: "is as it was", again: "follow")
      var named = pair.first.id
      if let id = choice.id { named = try await desk.past.find(id).id }
      return try await desk.past.show(try await shown.follow(named, after: sinceSeq), told: true, on: terminal)
    }
  }

  private func train(_ watch: TrainWatch, _ shown: inout FollowedLines) async throws -> DeployModel.ExitCode {
    if sinceSeq != nil { throw watch.seqMeansNothing }
    EarlyEnd.onlyWaits(for: watch.id, which: "is as it was", again: "follow")
    var waits = TrainWait(on: watch.terminal.err)
    return try await watch.end(
      try await watch.follow({ watch.terminal.tell(waits.lines($0, at: watch.desk.now)) }) { deployment, _ in
        _ = try await shown.follow(deployment)
      })
  }
}
