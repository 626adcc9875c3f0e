package import DeployModel

/// Finds what prevents any deployment to these hosts. All obstacles are reported together before anything starts.
package enum Obstacles {
  /// Throws if there are obstacles or other problems.
  /// - Parameter others: other problems of the hosts, which are reported at the same time.
  /// - Throws: an error that lists all problems. Its exit code is 3 if there is an obstacle, and otherwise the code for infrastructure.
  static func refuse(_ surveys: [Survey], _ selection: Selection, besides others: [Problem] = []) throws(Problems) {
    let own = problems(surveys, selection)
    if !(own + others).isEmpty { throw Problems(own + others, exit: own.isEmpty ? .infrastructure : .refused) }
  }

  /// Returns the obstacles: a `current` that is not a link, a folder of another application, or two hosts that are the same folder on the
  /// same machine.
  package static func problems(_ surveys: [Survey], _ selection: Selection) -> [Problem] {
    let path = selection.recipe.placement.path
    var problems: [Problem] = []
    for (host, survey) in zip(selection.hosts, surveys) {
      guard case .reached(let state) = survey else { continue }
      if let problem = state.strange?.problem(at: host.place(path)) {
        problems.append(Problem(problem.message, subject: host.name, fix: problem.fix))
      }
      if let owner = state.stranger {
        problems.append(belongs(host, owner, selection))
      } else if state.receipt == nil, let lock = state.lock, lock.isForeign(to: selection.recipe.application) {
        problems.append(isLocked(host, lock, selection))
      }
    }
    return problems + twins(surveys, selection)
  }

  private static func belongs(_ host: Host, _ owner: Receipt, _ selection: Selection) -> Problem {
    let path = host.place(selection.recipe.placement.path)
    let who = "\(owner.recipe) to \(GroupName(owner.group).words), deployment \(owner.deployment) by \(owner.actor)"
    return Problem(
      "\(path) belongs to application \"\(owner.application)\" (\(who)), and this is \"\(selection.recipe.application)\"",
      subject: host.name,
      fix: "give this recipe a path of its own; for the same application under a new name, say application = \"\(owner.application)\"")
  }

  /// Returns the obstacle that another application holds the folder's lock, because its first deployment there is running or was
  /// interrupted.
  private static func isLocked(_ host: Host, _ lock: Lock, _ selection: Selection) -> Problem {
    let path = host.place(selection.recipe.placement.path)
    let group = lock.group.map { " to \(GroupName($0).words)" } ?? ""
    return Problem(
      "\(path) is locked by application \"\(lock.application ?? "")\"\(group) (\(lock.purpose), deployment \(lock.deployment) by "
        + "\(lock.owner)), and this is \"\(selection.recipe.application)\"",
      subject: host.name,
      fix: "give this recipe a path of its own"
        + (lock.leaseLeft > 0 ? "" : "; if that deployment is over for good, lander unlock gives its lock back"))
  }

  /// Returns an obstacle for two hosts that are the same folder on the same machine, no matter what their names are. Deployments to the two
  /// would undo each other's work.
  private static func twins(_ surveys: [Survey], _ selection: Selection) -> [Problem] {
    var keys: [(key: String, number: Int)] = []
    for (number, survey) in surveys.enumerated() {
      guard case .reached(let state) = survey, let place = state.place else { continue }
      keys += place.keys(boot: state.facts.bootID).map { ($0, number) }
    }
    keys.sort { ($0.key, $0.number) < ($1.key, $1.number) }
    var first = selection.hosts.map { _ in nil as Int? }
    for (one, other) in zip(keys, keys.dropFirst()) where one.key == other.key && one.number != other.number {
      first[other.number] = first[other.number] ?? first[one.number] ?? one.number
    }
    return zip(selection.hosts, first).compactMap { host, other in
      guard let other else { return nil }
      return Problem(
        "it is the same machine as host \(selection.hosts[other].name), and the same folder there: each would undo what the other did",
        subject: host.name, fix: "take one of the two out of the group, or give each a path or root of its own")
    }
  }
}

extension HostPlace {
  /// Returns keys that identify a folder of a machine. The boot id distinguishes a machine from a copy of its disk. If the boot id is
  /// unknown, only the id in `.lander` counts.
  fileprivate func keys(boot: String) -> [String] {
    let isKnown = !boot.isEmpty && boot != "unknown"
    let planted = id.map { ["\(boot) \($0) \(path)"] } ?? []
    return isKnown && !folder.isEmpty ? planted + ["\(boot) \(folder)"] : planted
  }
}

extension ForeignCurrent {
  /// Returns why this `current` prevents a deployment, with the command to type, or nil if it is a link that a deployment can replace and
  /// restore.
  package func problem(at path: String) -> Problem? {
    switch self {
    case .link: nil
    case .folder:
      Problem(
        "\(path)/current is a folder, and has to be a link that can be switched at once",
        fix: "if it may become the release to go back to, on the host: cd \(path) && mkdir -p releases && mv current releases/before && "
          + "ln -s releases/before current")
    case .file:
      Problem(
        "\(path)/current is a file, and has to be a link that can be switched at once",
        fix: "move it away, on the host: mv \(path)/current \(path)/current.before")
    }
  }
}
