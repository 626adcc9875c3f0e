import ArgumentParser
import DeployModel

/// Pauses a deployment that another process runs.
struct PauseCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Pauses a running deployment, which then begins nothing new until somebody resumes it.",
    discussion: """
      lander finishes the hosts that it is changing. No further host, transfer or stage begins, and the deployment keeps its locks. lander \
      resume ends the pause. lander cancel cancels the deployment. If nobody ends the pause within 24 hours, lander cancels the \
      deployment. If the paused deployment is a rollback of a failed deployment, lander continues the rollback after 24 hours instead. \
      Exits with 0 if the deployment is paused now. Exits with 3 if the deployment cannot be paused. This is the case if it was paused \
      already, has nothing new to begin, has ended, is parked, or was interrupted. If another machine started the deployment, the message \
      goes through the hosts that the deployment has locked. This takes up to half a minute.

      Example:
        lander pause last --message "Looking at the database"
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var why: CommentOption
  @Argument(
    help: ArgumentHelp("The deployment. Default: the only deployment that has not ended.", valueName: "id"),
    completion: KnownNames.deployments)
  var id: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    Identity.introduce(why.actor)
    return try await Speech(kind: .pause, comment: why.comment).say(to: id, options, on: terminal)
  }
}
