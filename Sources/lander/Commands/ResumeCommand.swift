import ArgumentParser
import DeployModel
import DeployReport
import DeployStore

/// Goes on with a deployment whose engine is gone.
struct ResumeCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "Goes on with a deployment that was interrupted.",
    discussion:
      "Commands that were running on hosts are attached to again; nothing that ran is run twice.")

  @OptionGroup var options: ProjectOptions
  @OptionGroup var progress: ProgressOptions
  @Argument(
    help: ArgumentHelp(
      "The deployment; without it, the one that was interrupted last.", valueName: "id"))
  var id: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let (engine, past) = try Wiring.pastEngine(options)
    let deployment = try await Interrupted.find(id, in: past)
    switch deployment.state {
    case .concluded(let status):
      terminal.say(
        "Deployment \(deployment.id) has ended already: \(status.rawValue). Nothing was done.")
      return .done
    case .damaged(let damage):
      throw Problems(PastDeployments.problem(damage, of: deployment.id), exit: .infrastructure)
    case .running, .interrupted:
      return try await Launch(engine: engine, terminal: terminal, progress: progress).resume(
        deployment)
    }
  }
}

/// Ends a deployment in good order, whoever runs it on this machine.
struct CancelCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "cancel",
    abstract: "Ends a deployment in good order: hosts restored, lock given back.",
    discussion:
      "Tells the process that runs it; where there is none any more, resumes the deployment only to end it."
  )

  @OptionGroup var options: ProjectOptions
  @OptionGroup var progress: ProgressOptions
  @Argument(
    help: ArgumentHelp(
      "The deployment; without it, the one that runs or was interrupted last.", valueName: "id"))
  var id: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let (engine, past) = try Wiring.pastEngine(options)
    let deployment = try await Interrupted.find(id, in: past)
    switch deployment.state {
    case .concluded(let status):
      terminal.say(
        "Deployment \(deployment.id) has ended already: \(status.rawValue). Nothing was done.")
      return .done
    case .damaged(let damage):
      throw Problems(PastDeployments.problem(damage, of: deployment.id), exit: .infrastructure)
    case .interrupted:
      return try await Launch(engine: engine, terminal: terminal, progress: progress).resume(
        deployment, cancelling: "lander cancel")
    case .running:
      guard let process = RunningEngine.process(of: deployment.id, claims: engine.state.claims),
        RunningEngine.tell(process)
      else {
        throw Problems(
          Problem(
            "the process that runs \(deployment.id) was not found",
            fix: "press Ctrl-C in its terminal, or try again once it is gone"),
          exit: .refused)
      }
      terminal.tell(
        "Told process \(process) to end deployment \(deployment.id); waiting for it. Ctrl-C stops waiting only."
      )
      return try await RunningEngine.wait(for: deployment.id, past, terminal)
    }
  }
}

/// Finds the deployment that somebody means by naming none.
enum Interrupted {
  static func find(_ id: String?, in past: PastDeployments) async throws -> DeploymentSummary {
    if let id { return try await past.find(id) }
    let open = try await past.journal.deployments().filter {
      $0.state == .interrupted || $0.state == .running
    }
    guard let newest = open.first else {
      throw Problems(
        Problem(
          "no deployment made from here is open: all have ended", fix: "lander history lists them"))
    }
    return newest
  }
}
