import ArgumentParser
import DeployDesk
import DeployModel

/// Which gate a person answers, and why. If the deployment is parked, also whether this command resumes it.
struct GateChoice: ParsableArguments {
  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var why: CommentOption
  @OptionGroup var progress: ProgressOptions
  @OptionGroup var stay: StayOptions
  @Flag(help: "Do not resume a parked deployment. Only store the answer on the deployment's hosts, for the next lander resume.")
  var leave = false
  @Argument(help: ArgumentHelp("The deployment.", valueName: "id"), completion: KnownNames.deployments)
  var id: String
  @Argument(help: ArgumentHelp("The name or number of the gate. Default: the open gate.", valueName: "gate"))
  var gate: String?

  /// Answers a train's question, or the gate of a deployment that an engine runs. If the deployment is parked, resumes it with the answer.
  /// - Parameter sign: the function that signs the approval, or nil if the approval is not signed.
  func answer(_ kind: Message.Kind, signing sign: Signing? = nil, on terminal: Terminal) async throws -> DeployModel.ExitCode {
    if kind != .promote, let train = try TrainFile.named(id, in: options.existingStateFolder()) {
      if sign != nil {
        throw Problems(
          Problem(
            "a train of groups takes no signed answers", subject: "--key", fix: "leave it out, or have the recipe ask: rollout:approve"))
      }
      Identity.introduce(why.actor)
      return try OpenTrains(options).answer(train, kind == .approve, why.comment, on: terminal)
    }
    Identity.introduce(why.actor)
    let draft = MessageDraft(kind, gate: gate, comment: why.comment, sign: sign)
    let answering = Answering(draft: draft, progress: progress, stay: stay, leaves: leave)
    if let code = try await answering.perform(id, options, on: terminal) { return code }
    do {
      return try await Speech(kind: kind, gate: gate, comment: why.comment, sign: sign).say(to: id, options, on: terminal)
    } catch {
      // The engine might have exited meanwhile. In that case, the deployment is parked now.
      if try await Speech.isKnown(id, options), let code = try await answering.perform(id, options, on: terminal) { return code }
      throw error
    }
  }
}
