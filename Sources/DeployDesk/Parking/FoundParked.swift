package import DeployCore
package import DeployModel

/// A parked deployment, as its hosts describe it.
package struct FoundParked: Sendable {
  /// One host of the deployment.
  package struct Place: Sendable {
    package var host: Host
    /// The recipe's path, without the host's `root`.
    package var path: String
  }

  package var parked: Parked
  package var lock: Lock
  package var selection: Selection
  /// The hosts that agree about the deployment, in the order of the group.
  package var places: [Place]

  /// Whether the deployment's deadline has passed.
  package func isLate(at now: Timestamp) -> Bool { parked.until <= now }

  /// The gate at which the deployment is waiting, such as `gate 1, "approve"`.
  package var question: String { "gate \(parked.gate), \"\(parked.name)\"" }

  /// Returns the problem that tells other deployments why they do not get this deployment's hosts.
  /// - Parameter queues: whether the command that needs the hosts can wait in the queue.
  package func obstacle(at now: Timestamp, queues: Bool) -> Problem {
    let id = parked.deployment
    let verb = parked.kind == .pause ? "resume" : "approve"
    return Problem(
      "\(parked.words.named(id)) of \(lock.owner) is parked: it waits for \(question), for another \(parked.until - now)",
      subject: places.first?.host.name,
      fix: "lander \(verb) \(id) resumes it, lander cancel \(id) \(parked.words.ending)"
        + (queues ? "; --on-busy wait waits, and --urgent ends it" : "; then try again"))
  }
}

extension Surveyed {
  /// The parked deployments of these hosts. If hosts describe a deployment differently, the most frequent description counts.
  package var parked: [FoundParked] {
    var found: [FoundParked] = []
    for case (let host, .reached(let state)) in named {
      guard let parked = state.parked, let lock = state.lock else { continue }
      let place = FoundParked.Place(host: host, path: selection.recipe.placement.path)
      if let index = found.firstIndex(where: { $0.parked == parked && $0.lock.token == lock.token }) {
        found[index].places.append(place)
      } else {
        found.append(FoundParked(parked: parked, lock: lock, selection: selection, places: [place]))
      }
    }
    return found.filter { one in
      !found.contains { $0.parked.deployment == one.parked.deployment && $0.places.count > one.places.count }
    }
  }
}
