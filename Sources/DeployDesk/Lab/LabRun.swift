import DeployCore
import DeployEngine
package import DeployModel

/// Runs a lab's deployments with the real engine, answers gates in place of people, and ends any deployment that takes too long.
struct LabRun: Sendable {
  let desk: Desk
  let scene: LabScene
  /// The time limit for a deployment and its rollback.
  let limit: Interval
  /// The time after which the lab promotes a gate that is still waiting or watching hosts.
  static let longestGate = Interval.seconds(2)
  /// The additional time that a deployment gets to end in an orderly way after its time limit.
  private static let grace = Interval.seconds(30)
  /// The number of bytes of output that are kept for the report.
  private static let mostOutput = 1 << 20

  /// What happened in a deployment and the rollback that followed.
  struct End: Sendable {
    /// The deployment and, if there was one, its rollback.
    var parts: [TrialPart]
    var output: [LabOutput]
    /// Whether the time limit was reached before the deployments ended.
    var isLate = false
  }

  /// Runs a plan to its end.
  /// - Parameter gates: the answers of people to gates, by name, as in `Trial.gates`.
  func end(of plan: Plan, gates: [Value.Member] = []) async throws -> End {
    scene.begins(at: plan.placement.path, secrets: plan.content.secrets)
    let running = desk.deploy(plan, wantsOutput: true)
    let (clock, began) = (desk.ports.clock, desk.now)
    let watch = Task {
      await clock.sleep(limit)
      guard !Task.isCancelled else { return }
      await running.cancel(reason: "the lab's time limit of \(limit) is over")
      await clock.sleep(Self.grace)
      if !Task.isCancelled { await running.detach() }
    }
    defer { watch.cancel() }
    running.start()
    var (entries, output, bytes, answers): ([(Deployment.ID, Entry)], [LabOutput], Int, [Task<Void, Never>]) = ([], [], 0, [])
    for await event in running.events {
      switch event {
      case .entry(let id, let entry):
        entries.append((id, entry))
        if case .noted(.gateOpened(let number, let gate)) = entry.fact { answers.append(answer(gate, number, of: id, gates)) }
      case .output(let chunk):
        bytes += chunk.bytes.count
        if bytes <= Self.mostOutput { output.append(LabOutput(chunk, in: plan)) }
      default: continue
      }
    }
    for task in answers { task.cancel() }
    let ended = try await running.end()
    let parts = ended.deployments.map { one in
      TrialPart(plan: one.plan, entries: entries.filter { $0.0 == one.plan.id }.map(\.1), conclusion: one.conclusion)
    }
    return End(parts: parts, output: output, isLate: desk.now - began >= limit)
  }

  /// Answers a gate that asks a person, and promotes a gate that would take too long.
  private func answer(_ gate: Gate, _ number: Int, of deployment: Deployment.ID, _ gates: [Value.Member]) -> Task<Void, Never> {
    let chosen = gates.first { $0.name.isExactly(gate.name) }?.value.text
    return Task {
      if chosen == "silence" { return }
      let kind = chosen.flatMap(Message.Kind.init) ?? (gate.asksPerson ? .approve : .promote)
      if kind == .promote {
        guard chosen != nil || gate.longest > Self.longestGate else { return }
        await desk.ports.clock.sleep(Self.longestGate)
        if Task.isCancelled { return }
        scene.note("The gate \(gate.name) (\(gate.time)) was promoted after \(Self.longestGate).")
      } else if chosen == nil {
        scene.note("The gate \(gate.name) was approved by the lab.")
      }
      for signer in kind == .approve ? gate.simulatedSigners : [nil] {
        let isPause = kind == .approve && gate.kind == .pause
        var message = Message(
          id: desk.stage.identity().id.rawValue, isPause ? .resume : kind, by: "lander test --lab", comment: "", at: desk.now)
        message.means(Awaited(gate: number, kind: gate.kind))
        message.signature = signer.map { LabSignatures.mark + $0 }
        try? await desk.messages.send(message, to: deployment)
      }
    }
  }
}

extension Gate {
  /// Whether only a person's answer closes the gate.
  fileprivate var asksPerson: Bool { kind == .approval || kind == .pause }
}

/// A piece of the output of a command in a lab.
package struct LabOutput: Sendable, Hashable {
  /// The name of the host, or `here` for the engine's machine.
  package var host: String
  package var chunk: OutputChunk

  init(_ chunk: OutputChunk, in plan: Plan) {
    self.chunk = chunk
    host = if case .host(let number) = chunk.place { plan.name(ofHost: number) } else { "here" }
  }
}
