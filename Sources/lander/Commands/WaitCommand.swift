import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport
import Glibc

/// Waits for the end of a deployment that another process runs.
struct WaitCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "wait", abstract: "Waits until a deployment has ended, and exits with the deployment's exit code.",
    discussion: """
      Use this command in a pipeline step that depends on a deployment of another step or person. At least once a minute, the command \
      prints on standard error what the deployment waits for. The summary goes to standard output. If the deployment fails, the command \
      also waits for the rollback. With the id of a train (several groups), the command waits for the whole train. Exits with the \
      deployment's exit code, even if the deployment had already ended. Exits with 3 if the deployment was interrupted because its process \
      is gone, and with 13 if the deployment is parked. Exits with 22 if the time of --timeout is over. The deployment then continues. \
      Ctrl-C only stops waiting.

      Examples:
        lander wait last
        lander wait 20261121-113045-x7k2 --timeout 30m --json
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var choice: OpenChoice
  @Option(help: ArgumentHelp("Stop waiting after this time, such as 90s or 30m. Default: wait until the end.", valueName: "time"))
  var timeout: String?

  func validate() throws {
    if let timeout, Interval(timeout) == nil {
      throw ValidationError("--timeout takes a length of time such as 90s or 30m, of at most 100 days")
    }
  }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let desk = try Wiring.pastDesk(options, tell: terminal.listener())
    let patience = timeout.flatMap { Interval($0) }
    return try await desk.use { desk in
      if let watch = try await TrainWatch(choice.id, options, at: desk, on: terminal, patience: patience) {
        return try await all(of: watch)
      }
      let pair = try await desk.past.pair(choice.id, or: [.running, .interrupted])
      EarlyEnd.onlyWaits(for: pair.first.id, which: "continues", again: "wait")
      return try await desk.past.show(try await end(of: pair.first.id, patience, desk, terminal), told: true, on: terminal)
    }
  }

  private func all(of watch: TrainWatch) async throws -> DeployModel.ExitCode {
    EarlyEnd.onlyWaits(for: watch.id, which: "continues", again: "wait")
    var waits = TrainWait(on: watch.terminal.err)
    return try await watch.end(
      try await watch.follow({ watch.terminal.tell(waits.lines($0, at: watch.desk.now)) }) { deployment, left in
        _ = try await end(of: deployment, left, watch.desk, watch.terminal)
      })
  }

  private func end(of deployment: Deployment.ID, _ patience: Interval?, _ desk: Desk, _ terminal: Terminal) async throws -> DeploymentPair {
    var report = WaitReport(on: terminal.err)
    return try await desk.follow(deployment.rawValue, patience: patience) { event in
      switch event {
      case .known(_, let entry), .entry(_, let entry): report.take(entry)
      case .quiet(let stopped): terminal.tell(report.lines(at: desk.now, stopped: stopped))
      }
    }
  }
}
