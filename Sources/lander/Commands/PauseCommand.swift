import ArgumentParser
import DeployModel

/// Holds a deployment that another process runs.
struct PauseCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "Holds a running deployment: it begins nothing new until it is resumed.",
    discussion: """
      Hosts that are being changed come to their end; no further host, transfer or stage begins, and locks are kept. lander resume ends \
      the pause, lander cancel takes the deployment back. A pause that nobody ends within 24 hours cancels the deployment; a rollback that \
      follows from a failure continues then. Exits with 0 if the deployment is paused, with 3 if it is not: it is paused already, nothing \
      new would begin any more, it has ended, or no engine runs it. A deployment that was started elsewhere is told through the hosts that \
      it has locked, within half a minute.

      Example:
        lander pause last --message "Looking at the database"
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var why: CommentOption
  @Argument(
    help: ArgumentHelp("The deployment; without it, the only one that has not ended.", valueName: "id"),
    completion: KnownNames.deployments)
  var id: String?

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    Identity.introduce(why.actor)
    return try await Speech(kind: .pause, comment: why.comment).say(to: id, options, on: terminal)
  }
}
