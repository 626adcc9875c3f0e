import DeployCore
import DeployModel

/// Removes an application from a simulated host.
extension SimulatedHost {
  /// Whether any folder named `shared` contains anything.
  var hasData: Bool { files.keys.contains { $0.contains("/shared/") } }

  /// Simulates a removal that fails. If the failure's kind is `failed`, nothing is removed. Otherwise, the removal stops after it has
  /// removed `current`.
  mutating func removalFailed(_ outcome: Outcome, _ job: SimulatedJob) -> Outcome {
    guard current != nil else { return outcome }
    if outcome.failure?.kind == .failed { return outcome.leavingWhole }
    current = nil
    note(.current, job)
    return outcome
  }

  /// Removes the application. The outcome lists the names of everything that stays in the application's folder.
  mutating func remove(shared: Bool, _ job: SimulatedJob) -> Outcome {
    if strange != nil {
      return .failed(.invalid, "lander did not make current of \(name), and it is left alone", fix: "see whose it is").leavingWhole
    }
    let below = job.path + "/"
    if shared || defect == .dataTaken { files = files.filter { !($0.key + "/").hasPrefix(below + "shared/") } }
    files = files.filter { !$0.key.hasPrefix(below + "releases/") && !$0.key.hasPrefix(below + "current/") }
    let wasThere = current != nil || !releases.isEmpty
    (current, releases, damage) = (nil, [], [])
    (receipt, previous, before, surplus, failedRestore) = (nil, nil, nil, nil, nil)
    (replaced, sources) = ([], [])
    note(wasThere ? .current : .receipt, job)
    var names: [String] = []
    for path in files.keys.sorted() where path.hasPrefix(below) {
      let name = String(path.dropFirst(below.count).prefix { $0 != "/" })
      if names.last != name { names.append(name) }
    }
    return .done(.list(names.map { .text($0) }))
  }
}
