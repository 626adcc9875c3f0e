import ArgumentParser
import DeployModel

/// Who sends a message to a deployment, and the reason.
struct CommentOption: ParsableArguments {
  @Option(
    name: [.customLong("comment"), .customLong("message")],
    help: ArgumentHelp("The reason, in one line. The journal records the reason, and lander follow shows it.", valueName: "text"))
  var comment = ""
  @Option(
    help: ArgumentHelp(
      "Your name, in addition to the login name. Default: the name from the CI system. lander does not verify it.", valueName: "name"))
  var actor: String?

  func validate() throws {
    if let problem = WhyOptions.problem(ofActor: actor) { throw ValidationError("--actor: \(problem.message)") }
  }
}
