package import DeployCore
package import DeployModel

/// Weights that an earlier deployment shifted and did not shift back. They stay shifted because a rollback of hosts without slots moves no
/// traffic.
package struct LeftTraffic: Sendable, Hashable {
  package var deployment: Deployment.ID
  /// The weights that the deployment set last.
  package var now: Weights
  /// The weights as they were before the deployment's first shift.
  package var before: Weights
  /// The commands with which the recipe's adapter restores the old weights. Each line has one command and its host. The list is empty if
  /// the commands depend on real answers and are therefore unknown.
  package var commands: [String]

  /// The description for people, line by line.
  package var lines: [String] {
    let story =
      "A rollback moves no traffic: deployment \(deployment) left it at \(now.sentence), and it was \(before.sentence) before."
    if commands.isEmpty { return [story, "  → put it back by hand, the way that traffic.weight of the recipe sets it"] }
    return [story, "  → to put it back, as traffic.weight of the recipe does:"] + commands.map { "      " + $0 }
  }
}

extension Desk {
  /// Returns the weights that the newest deployment of the group that shifted traffic left behind, according to this journal. Returns nil
  /// if it left none, because it succeeded or restored the old weights.
  package func leftTraffic(of selection: Selection, in project: LoadedProject) async throws -> LeftTraffic? {
    // In a group with slots, the recipe's strategy performs the rollback, and the strategy also moves the traffic.
    if Slots.has(selection.hosts) { return nil }
    guard let plan = try? Planner.simulated(selection, isFresh: false, by: stage.identity()), let adapter = plan.flow.strategy?.traffic
    else { return nil }
    let application = selection.recipe.application
    for past in try await past.deployments() where past.group.isExactly(selection.group) && past.application.isExactly(application) {
      let entries = try await journal.entries(of: past.id).entries
      guard let shifted = Shifted(entries) else { continue }
      guard !shifted.isWanted, shifted.now != shifted.before else { return nil }
      let commands = adapterCommands(adapter, setting: shifted.before, plan, project)
      return LeftTraffic(deployment: past.id, now: shifted.now, before: shifted.before, commands: commands)
    }
    return nil
  }

  /// Returns the adapter's commands from a rehearsal in which every command succeeds and prints nothing.
  private func adapterCommands(_ adapter: TrafficAdapter, setting weights: Weights, _ plan: Plan, _ project: LoadedProject) -> [String] {
    let sources = plan.content.recipes.map { _ in project.project.sources }
    guard let scripts = try? stage.library.rehearsed(plan, sources: sources, as: .plan, hasFaults: false) else { return [] }
    var (commands, answer) = ([String](), Answer.begin)
    scripts.start(1, Body(recipe: 0, function: adapter.weight), on: .weights(weights))
    for _ in 0..<1000 {
      switch scripts.step(1, answer).next {
      case .asked(.perform(let place, let operation, _)):
        let here: String = if case .host(let number) = place { "\(plan.hosts[number].host.name): " } else { "" }
        if case .run(let command) = operation { commands.append(here + command.line) } else { commands.append(here + operation.verb) }
        answer = .outcome(Outcome(value: .bool(true), status: 0, stdout: Captured(text: ""), stderr: Captured(text: "")))
      case .asked(.sleep): answer = .slept
      // If the adapter fails or starts functions in parallel, the commands are incomplete and would mislead.
      case .asked, .ended(.raised): return []
      case .ended(.returned): return scripts.findings.isEmpty ? commands : []
      }
    }
    return []
  }
}

/// The first and the last weights in the shifts of one deployment.
private struct Shifted {
  var before: Weights
  var now: Weights
  /// Whether the deployment succeeded. If so, its last weights are the intended ones.
  var isWanted: Bool

  /// Returns nil if the deployment shifted no traffic or the weights before the first shift are unknown.
  init?(_ entries: [Entry]) {
    var first: Weights?
    var last: Weights?
    isWanted = false
    for entry in entries {
      switch entry.fact {
      case .noted(.shifted(let from, let to)): (first, last) = (first ?? from, to)
      case .concluded(let end): isWanted = end.status == .succeeded
      default: break
      }
    }
    guard let first, let last else { return nil }
    (before, now) = (first, last)
  }
}
