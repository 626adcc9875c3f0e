import ArgumentParser
import DeployModel

/// Which gate is answered, and why.
struct GateChoice: ParsableArguments {
  @OptionGroup var why: CommentOption
  @Argument(help: ArgumentHelp("The deployment.", valueName: "id"), completion: KnownNames.deployments)
  var id: String
  @Argument(help: ArgumentHelp("The gate, by name or number; without it, the one that is open now.", valueName: "gate"))
  var gate: String?

  /// Answers the question of a train, or the gate of a deployment.
  func say(_ kind: Message.Kind, _ options: ProjectOptions, on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let speech = speech(kind)
    if let train = try TrainFile.named(id, in: options.existingStateFolder()) {
      return try OpenTrains(options).answer(train, kind == .approve, why.comment, on: terminal)
    }
    return try await speech.say(to: id, options, on: terminal)
  }

  func speech(_ kind: Message.Kind) -> Speech {
    Identity.introduce(why.actor)
    return Speech(kind: kind, gate: gate, comment: why.comment)
  }
}
