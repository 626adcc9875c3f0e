import DeployCore
import DeployModel

extension Summary {
  /// Returns the next commands after a task or a removal, or nil if they are the same as after a deployment. Tasks and removals are never
  /// rolled back. A person repeats them on the remaining hosts.
  func nextOfBare(_ plan: Plan) -> [[String]]? {
    switch exit {
    case .done? where !story.isAsWished, .partial?, .held?, .rolledBack?, .rollbackFailed?, .cancelled?, .rejected?, .unfit?: break
    default: return nil
    }
    let group = typed.map { " " + $0 } ?? plan.subject.groupName.option
    let left = story.hosts.filter { $0.status != .succeeded && $0.status != .unchanged }.map(\.name)
    let isPart = !left.isEmpty && left.count < story.hosts.count && left.count <= 8
    let hosts = plan.hosts.map(\.host).filter { host in left.contains { $0.isExactly(host.name) } }
    // A removal covers all slots of a machine.
    let named = plan.kind.removal == nil ? left : Slots.machines(hosts)
    let only = isPart ? named.map { " --only \($0)" }.joined() : plan.subject.typed?.words([.hosts]) ?? ""
    let parameters = plan.subject.typed?.words([.parameters]) ?? ""
    let host = story.first.flatMap { $0.host.map { story.hosts[$0].name } ?? $0.error.host }
    let hasOnce = plan.flow.stages.contains { if case .script = $0 { true } else { false } }
    let again =
      plan.kind.task.map { task in
        [
          "lander run \(task.name) \(plan.subject.recipe)\(group)\(only)\(parameters)",
          (isPart ? "runs it where it was not done" : "runs it again") + (hasOnce ? ", and once more what it does once" : ""),
        ]
      } ?? [
        "lander remove \(plan.subject.recipe)\(group)\(only)\(plan.kind.removal?.options ?? "")",
        "removes what is left, once what stopped it is out of the way",
      ]
    let logs = ["lander logs \(plan.id)\(host.map { " " + $0 } ?? "")", "the whole output"]
    // The removal was cancelled after everything had already been removed.
    return plan.kind.removal != nil && left.isEmpty ? [logs] : [logs, again]
  }

  /// The words for a host that could not be brought back to its state before the deployment.
  var notBack: String { story.plan?.kind.task == nil ? "could not go back" : "could not be brought into service again" }

  /// The words for a deployment in which no host began, although stages ran something.
  var notBegun: String { story.plan?.kind.task == nil ? "No host was brought to the release." : "No host had its part." }

  /// The largest number of lines about what stages ran.
  private static let mostRan = 8

  /// The operations that stages, or functions of a task, ran before the failure and that are not undone. Empty if the deployment did not
  /// fail.
  var whatRan: [String] {
    guard [.failed, .cancelled].contains(story.conclusion?.status) else { return [] }
    let isTask = story.plan?.kind.task != nil
    // Everything that the stages of a deployment ran belongs to the release. So it is mentioned only if no host has received the release.
    guard isTask || !story.hosts.contains(where: \.status.wasChanged) else { return [] }
    let undone = rollback?.undone ?? []
    let stages = story.ran.filter { stage in !undone.contains { $0.isExactly(stage.name) } }
    guard !stages.isEmpty else { return [] }
    let shown = stages.flatMap(\.first).prefix(Self.mostRan)
    let more = stages.reduce(0) { $0 + $1.count } - shown.count
    return ["", "  \(isTask ? "The task" : "Its stages") ran, and nothing takes that back:"]
      + shown.map { "    \(SafeText.line($0.host ?? "here")): \($0.doing)" } + (more > 0 ? ["    and \(more.grouped) more"] : [])
  }
}
