import ArgumentParser
import DeployModel

/// Who sends a message to a deployment, and why.
struct CommentOption: ParsableArguments {
  @Option(
    name: [.customLong("comment"), .customLong("message")],
    help: ArgumentHelp("The reason, in one line. The journal keeps it, and whoever follows the deployment sees it.", valueName: "text"))
  var comment = ""
  @Option(help: ArgumentHelp("Who says it, beside the login. Without it, what the CI system says. Nobody verifies it.", valueName: "name"))
  var actor: String?

  func validate() throws {
    if let problem = WhyOptions.problem(ofActor: actor) { throw ValidationError("--actor: \(problem.message)") }
  }
}
