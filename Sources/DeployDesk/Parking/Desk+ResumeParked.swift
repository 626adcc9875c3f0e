import DeployCore
import DeployEngine
package import DeployModel

/// A message for a parked deployment, before it gets its id and its signature.
package struct MessageDraft: Sendable {
  package var kind: Message.Kind
  /// The gate that the message answers, by name or number, or nil for the open gate.
  package var gate: String?
  /// The reason, or empty if there is none.
  package var comment: String
  /// The function that signs an approval, or nil if the approval is not signed.
  package var sign: Signing?

  package init(_ kind: Message.Kind, gate: String? = nil, comment: String = "", sign: Signing? = nil) {
    self.kind = kind
    self.gate = gate
    self.comment = comment
    self.sign = sign
  }

  /// Whether the message allows the deployment to continue to further hosts.
  var leadsFurther: Bool { kind.leadsFurther }
}

extension Desk {
  /// Resumes a parked deployment with this engine. If its deadline has passed, the deployment fails and its hosts are rolled back, no
  /// matter what the message says.
  /// - Parameters:
  ///   - project: the project from which the bundle can be built again if it is not in the store. If nil, the store must have the bundle.
  ///   - staying: how long this engine keeps running at the next gate that waits for a person.
  package func resumeParked(
    _ pair: DeploymentPair, _ wanted: MessageDraft, of project: LoadedProject?, staying: Staying, wantsOutput: Bool = false
  ) async throws -> Resumed {
    let id = pair.first.id
    let entries = try await past.entries(of: id)
    guard case .planned(let plan)? = entries.first?.fact, let until = pair.first.parked else {
      throw Problems(Problem("deployment \(id) is not parked", fix: "lander status"), exit: .refused)
    }
    let cancel = wanted.kind != .cancel ? nil : wanted.comment.isEmpty ? "lander cancel" : "lander cancel: \(wanted.comment)"
    if until <= now {
      let words = plan.kind.words
      tell(.remark("Its time is over, and nobody resumed it in time: \(words.named(id)) fails\(words.afterFailure)."))
      return try await resume(pair, cancelling: cancel, wantsOutput: wantsOutput)
    }
    if let cancel { return try await resume(pair, cancelling: cancel, wantsOutput: wantsOutput) }
    let message = try message(wanted, entries)
    if wanted.leadsFurther {
      try await haveBundle(of: plan, project)
      if let bundle = plan.content.bundle { _ = try trust.signer(of: bundle.digest) }
    }
    return try await resume(pair, saying: message, staying: staying, wantsOutput: wantsOutput)
  }

  /// Leaves an answer in the inboxes on a parked deployment's hosts, for the engine that resumes the deployment.
  /// - Returns: the answer, and the names of the hosts that have it.
  package func leave(_ wanted: MessageDraft, for found: FoundParked) async throws -> (hosts: [String], message: Message) {
    let parked = found.parked
    guard !found.isLate(at: now) else {
      throw Problems(
        Problem("the time of deployment \(parked.deployment) is over", fix: "lander resume \(parked.deployment) \(parked.words.ending)"),
        exit: .refused)
    }
    try refuse(wanted, parked.gate, parked.kind, parked.name, parked.deployment, takes: parked.from)
    var message = Message(
      id: stage.identity().id.rawValue, wanted.kind, gate: wanted.gate, by: ports.actor, comment: wanted.comment, at: now)
    if let fault = message.fault { throw Problems(Problem("the message \(fault)", fix: "say it in one short line")) }
    message.means(Awaited(gate: parked.gate, kind: parked.kind))
    try message.sign(wanted.sign, of: parked.deployment)
    var left: [String] = []
    var failure: Failure?
    for place in found.places where left.count < Parked.copies {
      do throws(Failure) {
        try await hosts.leave(message, for: parked.deployment, on: place.host, at: place.path)
        left.append(place.host.name)
      } catch { failure = failure ?? Failure(error.kind, "\(place.host.name): \(error.message)", fix: error.fix) }
    }
    if left.isEmpty, let failure { throw failure }
    return (left, message)
  }

  /// Returns the message with its id and signature, or nil if the deployment is only resumed, without a message.
  private func message(_ wanted: MessageDraft, _ entries: [Entry]) throws -> Message? {
    let awaited = Awaited(entries)
    guard wanted.kind != .resume || awaited.kind == .pause else { return nil }
    let open = entries.reversed().lazy.compactMap { entry -> Gate? in
      if case .noted(.gateOpened(awaited.gate, let gate)) = entry.fact { gate } else { nil }
    }.first
    guard case .planned(let plan)? = entries.first?.fact, let open else { return nil }
    try refuse(wanted, awaited.gate, open.kind, open.name, plan.id, takes: open.from)
    var message = Message(
      id: stage.identity().id.rawValue, wanted.kind, gate: wanted.gate, by: ports.actor, comment: wanted.comment, at: now)
    if let fault = message.fault { throw Problems(Problem("the message \(fault)", fix: "say it in one short line")) }
    message.means(awaited)
    try message.sign(wanted.sign, of: plan.id)
    return message
  }

  /// Refuses a message that does not answer what the deployment is waiting for, because there is no reason to resume the deployment for
  /// such a message.
  /// - Parameter from: the people whose signatures the gate requires, or nil if it accepts any answer.
  private func refuse(
    _ wanted: MessageDraft, _ number: Int, _ kind: Gate.Kind, _ name: String, _ id: Deployment.ID, takes from: [String]?
  ) throws {
    let title = "gate \(number), \"\(name)\", of deployment \(id)"
    if let gate = wanted.gate, gate != name, gate != "\(number)" {
      throw Problems(Problem("there is no open gate \"\(gate)\"; the open one is \(number), \"\(name)\""), exit: .refused)
    }
    switch (wanted.kind, kind) {
    case (.promote, .approval):
      throw Problems(Problem("\(title) waits for a person who approves", fix: "lander approve \(id) \(number)"), exit: .refused)
    case (.approve, .pause), (.promote, .pause):
      throw Problems(Problem("\(title) waits for a resume", fix: "lander resume \(id)"), exit: .refused)
    case (.approve, .approval) where wanted.sign == nil && from != nil:
      let names = (from ?? []).joined(separator: ", ")
      throw Problems(
        Problem("\(title) takes signed answers only, of \(names)", fix: "lander approve \(id) \(number) --key FILE"), exit: .refused)
    default: break
    }
  }

  /// Makes sure that this machine has the bundle if any host lacks the release.
  /// - Throws: if this machine neither has the bundle nor can build it again.
  private func haveBundle(of plan: Plan, _ project: LoadedProject?) async throws {
    guard let bundle = plan.content.bundle?.digest, (try? shelf.inspect(bundle.hex)) == nil else { return }
    var reason = "this state folder does not have it"
    if let project, let recipe = try? Selection.recipe(plan.subject.recipe, in: project.project) {
      tell(.remark("Bundle \(bundle.short) is not here; building it again."))
      do {
        let built = try await build(recipe, nil, of: project)
        if built.bundle.digest == bundle { return }
        reason = "what is built here now is another one, \(built.bundle.digest.short)"
      } catch { reason = "it cannot be built here: \((error as? Problems)?.list.first?.message ?? "\(error)")" }
    }
    throw Problems(
      Problem(
        "deployment \(plan.id) brings bundle \(bundle.short), and \(reason); nothing was begun",
        fix: "check out what was deployed and try again, or resume it where it began; lander reject and lander cancel need no bundle"),
      exit: .refused)
  }
}
