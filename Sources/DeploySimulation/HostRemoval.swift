import DeployCore
import DeployModel

/// Taking an application off a simulated host.
extension SimulatedHost {
  /// Whether anything is in a folder `shared`.
  var hasData: Bool { files.keys.contains { $0.contains("/shared/") } }

  /// A removal that fails: one of kind `failed` is refused before anything goes, and any other stops after `current` has gone.
  mutating func removalFailed(_ outcome: Outcome, _ job: SimulatedJob) -> Outcome {
    guard current != nil else { return outcome }
    if outcome.failure?.kind == .failed { return outcome.leavingWhole }
    current = nil
    note(.current, job)
    return outcome
  }

  /// Answers with the names of what stays in the folder.
  mutating func remove(shared: Bool, _ job: SimulatedJob) -> Outcome {
    if strange != nil {
      return .failed(.invalid, "lander did not make current of \(name), and it is left alone", fix: "look whose it is").leavingWhole
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
