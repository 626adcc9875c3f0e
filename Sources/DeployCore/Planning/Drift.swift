package import DeployModel

extension HostState {
  /// The problems that a survey shows: differences between the host's disk and its receipt, and anything that prevents a change of the
  /// host. Each problem states the next step. The list is empty if the survey shows no problem.
  package var drift: [Problem] { drift(goesBack: false) }

  /// Returns the problems of `drift`. If a rollback is possible, it is one of the proposed next steps.
  /// - Parameter goesBack: whether it is known that `lander rollback` would not be refused now.
  package func drift(goesBack: Bool) -> [Problem] {
    var found: [Problem] = []
    if let hindrance { found.append(Problem("nothing can be changed there: \(hindrance.message)", fix: hindrance.fix)) }
    let path = place?.path ?? "the path"
    let again = "lander deploy sends what is missing; lander verify names every file"
    if let strange {
      if let problem = strange.problem(at: path) { found.append(problem) }
      if case .link(let text) = strange, let receipt {
        found.append(
          Problem(
            "`current` leads to \(text), which lander did not make; the receipt says release \(receipt.release.id)",
            fix: "lander deploy makes the release current again"))
      }
    } else if current == nil, let receipt {
      found.append(
        Problem(
          "`current` is not there; the receipt says release \(receipt.release.id)", fix: "lander deploy makes the release current again"))
    }
    for damage in damage {
      let role =
        switch damage.release {
        case current: "which is current"
        case receipt?.release.id: "which the receipt names"
        default: "which is there to go back to"
        }
      let isCurrent = damage.release == current
      found.append(
        Problem(
          "release \(damage.release), \(role), is damaged: \(damage.words)",
          fix: isCurrent ? again : "lander rollback refuses it; the next deployments leave another one to go back to"))
    }
    if altered == true, let current {
      found.append(
        Problem(
          "owners or permission bits in release \(current) are not those that its deployment left",
          fix: "lander verify names the entries; lander deploy --force sends them again, and runs the hooks"))
    }
    if let failed = failedRestore { found.append(failed.problem(goesBack: goesBack)) }
    if let stranger {
      found.append(
        Problem(
          "\(path) belongs to application \"\(stranger.application)\", deployment \(stranger.deployment)",
          fix:
            "give this recipe a path of its own; for the same application under a new name, say application = \"\(stranger.application)\""))
    }
    return found
  }
}

extension FailedRestore {
  /// Returns the failed restore as a problem of the host, with the commands to type there.
  fileprivate func problem(goesBack: Bool) -> Problem {
    let last = "lander deploy\(goesBack ? " or lander rollback" : "") tries again, and forgets this once it succeeds"
    return Problem(
      "deployment \(deployment) failed and could not take it back: \(message)", fix: (commands + [last]).joined(separator: "\n"))
  }
}
