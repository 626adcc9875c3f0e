import DeployModel

/// A host's part of a task: the task's function, between the recipe's hooks that take the host out of service and bring it back.
extension HostProgram {
  /// Returns the steps of a segment of a task. The function runs in the segment in which a deployment makes the release current, so that
  /// *ready* means the same for a task as for a deployment.
  static func steps(of segment: Segment, of task: HostTask, _ number: Int, in plan: Plan) -> [HostStep] {
    let host = plan.hosts[number]
    if segment == .install {
      let site = Intent.Site(stage: "task \(task.name)", release: host.target?.id, previous: host.current)
      return task.function.map { [.hook(Body(recipe: 0, function: $0), site, vital: true)] } ?? []
    }
    return segment.events.filter(task.events.contains).flatMap { steps(of: $0, for: host, in: plan, staged: true) }
  }

  /// Returns the steps that start the application on a stopped host again and, if validation passes, give the host its traffic back. The
  /// list is empty if the host did not leave the service.
  static func undoTask(_ host: HostPlan, in plan: Plan, after reached: ArraySlice<HostStep>) -> [HostStep] {
    let begun = { (wanted: (LifecycleEvent) -> Bool) in reached.contains { if case .begin(let event) = $0 { wanted(event) } else { false } }
    }
    guard begun({ $0.concernsPrevious || $0.givesTraffic }) || begun({ $0 == .applicationStart }) else { return [] }
    let isStopped = begun { $0 == .applicationStop || $0 == .applicationStart }
    let events = (isStopped ? Segment.start.events : []) + Segment.validate.events + Segment.admit.events
    return events.flatMap { steps(of: $0, for: host, in: plan, staged: true) }
  }
}
