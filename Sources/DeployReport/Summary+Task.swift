import DeployModel

extension Summary {
  /// What follows the end of a task: nothing of it goes back, so it is run again where it was not done. nil: as after a deployment.
  func next(_ task: HostTask, _ plan: Plan) -> [[String]]? {
    switch exit {
    case .done? where !story.isAsWished, .partial?, .held?, .rolledBack?, .rollbackFailed?, .cancelled?, .rejected?, .unfit?: break
    default: return nil
    }
    let group = typed.map { " " + $0 } ?? plan.subject.groupName.option
    let left = story.hosts.filter { $0.status != .succeeded }.map(\.name)
    let only = left.count < story.hosts.count && left.count <= 8 ? left.map { " --only \($0)" }.joined() : ""
    let host = story.first.flatMap { $0.host.map { story.hosts[$0].name } ?? $0.error.host }
    return [
      ["lander logs \(plan.id)\(host.map { " " + $0 } ?? "")", "the whole output"],
      [
        "lander run \(task.name) \(plan.subject.recipe)\(group)\(only)",
        only.isEmpty ? "runs it again; give it the same parameters" : "runs it where it was not done; give it the same parameters",
      ],
    ]
  }
}
