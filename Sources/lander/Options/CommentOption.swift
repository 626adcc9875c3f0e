import ArgumentParser
import DeployModel

/// Who sends a message to a deployment, and why.
struct CommentOption: ParsableArguments {
  @Option(
    name: [.customLong("comment"), .customLong("message")],
    help: ArgumentHelp("Why: one line that the journal and everybody who follows will show.", valueName: "text"))
  var comment = ""
  @Option(help: ArgumentHelp("Who says it, beside the login; what the CI system says if left out. Nobody verifies it.", valueName: "name"))
  var actor: String?

  func validate() throws {
    if let problem = WhyOptions.problem(ofActor: actor) { throw ValidationError("--actor: \(problem.message)") }
  }
}
