import DeployCore
import DeployModel

extension Desk {
  /// Warns about each deployment that holds hosts of a plan that is only shown. A command that carries out the plan now would have to wait,
  /// or would be refused.
  /// - Parameters:
  ///   - surveys: the survey of each host of the selection.
  ///   - left: for each host, the token of its lock if the lock's holder is known to be dead, or nil otherwise.
  func tellHolders(of selection: Selection, _ surveys: [Survey], besides left: [String?]) {
    let parked = Surveyed(selection: selection, surveys: surveys).parked.filter { !$0.isLate(at: now) }
    for one in parked { tell(.warning(one.obstacle(at: now, queues: true))) }
    var held: [(lock: Lock, hosts: [String])] = []
    for (number, survey) in surveys.enumerated() {
      guard case .reached(let state) = survey, let lock = state.lock, lock.leaseLeft > 0, left[number] != lock.token,
        !parked.contains(where: { $0.lock.token == lock.token })
      else { continue }
      let name = selection.hosts[number].name
      if let index = held.firstIndex(where: { $0.lock.token == lock.token }) {
        held[index].hosts.append(name)
      } else {
        held.append((lock, [name]))
      }
    }
    for (lock, hosts) in held {
      let names = hosts.prefix(5).joined(separator: ", ") + (hosts.count > 5 ? " and \(hosts.count - 5) more" : "")
      tell(
        .warning(
          Problem(
            "deployment \(lock.deployment) of \(lock.owner) has \(names): until it ends, this command is refused with exit code 4",
            fix: "lander status says what it does; --on-busy wait waits for it")))
    }
  }
}
