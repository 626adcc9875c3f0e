import ArgumentParser
import DeployModel

/// Which gate is answered, and why.
struct GateChoice: ParsableArguments {
  @OptionGroup var why: CommentOption
  @Argument(help: ArgumentHelp("The deployment.", valueName: "id"), completion: KnownNames.deployments)
  var id: String
  @Argument(help: ArgumentHelp("The gate, by name or number; without it, the one that is open now.", valueName: "gate"))
  var gate: String?

  func speech(_ kind: Message.Kind) -> Speech {
    Identity.introduce(why.actor)
    return Speech(kind: kind, gate: gate, comment: why.comment)
  }
}
