import ArgumentParser
import DeployModel

/// Pauses a deployment that another process runs.
struct PauseCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Pauses a running deployment: it begins nothing new until it is resumed.",
    discussion: """
      Hosts that are being changed finish; no further host, transfer or stage begins, and locks are kept. lander resume ends the pause; \
      lander cancel cancels the deployment. If nobody ends the pause within 24 hours, the deployment is cancelled; a paused rollback that \
      follows from a failure continues instead. Exits with 0 if the deployment is paused now, with 3 if it is not: it was paused already, \
      it has nothing new to begin, it has ended, is parked, or was interrupted. For a deployment that was started elsewhere, the message \
      goes through the hosts that it has locked, within half a minute.

      Example:
        lander pause last --message "Looking at the database"
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var why: CommentOption
  @Argument(
    help: ArgumentHelp("The deployment; without an id, the only one that has not ended.", valueName: "id"),
    completion: KnownNames.deployments)
  var id: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    Identity.introduce(why.actor)
    return try await Speech(kind: .pause, comment: why.comment).say(to: id, options, on: terminal)
  }
}
