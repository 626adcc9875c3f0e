import ArgumentParser
import DeployCore
import DeployDesk
import DeployModel
import DeployReport

/// Runs a task of a recipe.
struct RunCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs a task of a recipe on the hosts of a group, and leaves their release as it is.",
    usage: "lander run [<options>] <task> [<recipe>] [--<parameter> <value> ...]",
    discussion: """
      Name the task first. If several recipes have a task of this name, name the recipe too. Then give the task's parameters as options. \
      Like a deployment, a task has locks, a journal and bounds, and none of its commands runs twice. The commands follow, pause, resume, \
      cancel, approve, logs, history and explain accept the id of a task. A task does not change the receipts on hosts. A freeze window \
      does not delay a task. lander does not call the recipe's on_success and on_failure.

      lander does not roll back what a task did. If the task fails on a host, no further host begins, unless the budget allows the \
      failure. If the task took this host out of traffic or stopped the application there, lander starts the application again. If \
      ValidateService then passes, lander gives the host its traffic back.

      Exit codes of a task that failed:
        10  no changes remain
        11  lander could not bring a host back into service
        12  changes remain: a host has finished, or a function of the task (run,
            once) has started a command that might change something
        16  a person rejected a gate, or nobody answered it in time
        17  a watch or an analysis failed
      16 and 17 do not say whether changes remain.

      --plan only shows what the task would do on each host. lander asks the hosts which releases they run, and rehearses the task.

      Examples:
        lander run restart
        lander run clear-cache web --group production --only "web[1-2]" --plan
        lander run restart web --message "Leaks memory" --json
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var request: RequestOptions
  @OptionGroup var queue: QueueOptions
  @OptionGroup var stay: StayOptions
  @Flag(help: "Only show what the command would do.")
  var plan = false

  func validate() throws {
    guard let first = request.subject.words.first, !first.hasPrefix("-") else {
      throw ValidationError("name the task first, as in lander run restart; lander list shows tasks")
    }
  }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let whole = try Wiring.project(options)
    let project = try runnable(whole)
    var request = request
    request.subject.words.removeFirst()
    let desk = try Wiring.desk(for: project, options, tell: terminal.listener(progress.mode))
    return try await desk.use { [request] desk in
      let asked = queue.completing(try request.asked(of: project.project, in: whole.project))
      if plan {
        let report = PlanReport(try await desk.plan(asked, of: project, isShown: true))
        terminal.show(report.lines(on: terminal.out), report.value(connected: true))
        return report.isWhole ? .done : .partial
      }
      let wait = try await QueueWait(asked, of: project, queue.busy, urgent: queue.urgency, at: desk)
      let launch = Launch(
        desk: desk, terminal: terminal, progress: progress, folder: project.folder, typed: project.typed, stay: stay)
      return try await launch.deploy(try await wait.plan(), wait)
    }
  }

  /// Returns the project with the task in place of the recipe's deployment.
  private func runnable(_ project: LoadedProject) throws(Problems) -> LoadedProject {
    var project = project
    let words = request.subject.words
    project.project = try project.project.running(words[0], of: words.dropFirst().first) { NearMatch.hint($0, among: $1) }
    return project
  }
}
