import DeployModel

/// Checks the rule for tasks: a host whose traffic was taken away for a task has its traffic back, or a person is told.
extension Checkers {
  /// Records from which hosts the hooks of a task have taken the traffic away. This is unknown if the task has no hook that gives the
  /// traffic back.
  mutating func drained(_ engine: Int, _ note: Note) {
    let plan = watches[engine].plan
    guard plan.kind.task != nil, plan.content.recipes[0].hooks.contains(where: { $0.event == .allowTraffic }) else { return }
    switch note {
    case .eventBegan(let host, let event) where event.concernsPrevious && event != .applicationStop:
      if !watches[engine].drained.contains(host) { watches[engine].drained.append(host) }
    case .eventEnded(let host, .allowTraffic, error: nil): watches[engine].drained.removeAll { $0 == host }
    default: break
    }
  }

  /// P8: a host that a task reports as good when the task ends has its traffic.
  mutating func inService(_ engine: Int, _ conclusion: Conclusion) {
    for number in watches[engine].drained where conclusion.hosts.indices.contains(number) {
      switch conclusion.hosts[number] {
      case .succeeded, .restored, .untouched:
        check(
          false, "P8", host: watches[engine].fleet[number],
          "a task calls it \(conclusion.hosts[number].word), and it was left out of service")
      default: break
      }
    }
  }
}
