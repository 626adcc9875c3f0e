import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Shows what `deploy` would do.
struct PlanCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract:
      "Shows what deploy would do: hosts, waves, every command with its deadline, and the way back.",
    discussion: """
      Runs the very recipe against simulated hosts, once with good answers and once with the first wave failing. Without --connect no \
      host is reached, and all are taken to be fresh; with it they are asked what they run, and nothing is changed there. Exits with 2 \
      if the deployment would fail whatever hosts answer, and with 14 if what comes next hangs on an answer that only a real host gives: \
      the option rehearse of a call says what to take for it.
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var bundle: AppSpecOption
  @OptionGroup var choices: AppSpecChoices
  @Flag(help: "Ask the hosts what they run.")
  var connect = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try bundle.project(choices) ?? Wiring.project(options)
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener())
    return try await desk.use { desk in
      let report = PlanReport(try await desk.plan(try request.asked(of: project.project), of: project, connecting: connect))
      terminal.show(report.lines(on: terminal.out), report.value(connected: connect))
      if !connect { terminal.say(["", "  No host was asked: all are taken to be fresh. lander plan --connect asks them."]) }
      return report.isWhole ? .done : .partial
    }
  }
}
