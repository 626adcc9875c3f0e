package import DeployCore
package import DeployModel

/// What the hosts of a group run, according to their receipts.
package struct StatusReport: Sendable {
  package var title: String
  package var hosts: [(name: String, survey: Survey)]
  /// The survey of the group's register in the folder of the register, with the host's name, or nil if the group has none.
  package var register: (name: String, survey: Survey)?
  package var now: Timestamp
  /// Problems about hosts that their last deployment could not restore. Each problem has the host's name as its subject.
  package var notes: [Problem] = []
  /// Deployments to these hosts that began in this state folder and have not ended.
  package var open: [DeploymentSummary] = []
  /// Why `lander rollback` would refuse these hosts now, or nil if it would accept them.
  package var noWayBack: Problem?
  /// The accounts of deployments that have not ended. The messages in them are shown.
  package var accounts: [Account] = []
  /// What the newest deployment from this state folder left. Nil if there is no deployment, if it has not ended, or if its journal is
  /// unknown.
  package var left: Account?
  /// The traffic, or nil if the group has no slots or moves no traffic.
  package var traffic: KnownTraffic?
  /// The hosts that lack the group's revision. Nil if every host that answered has the revision, or if the revision is unknown.
  package var missing: MissingHosts?

  package init(_ title: String, hosts: [(name: String, survey: Survey)], now: Timestamp) {
    self.title = title
    self.hosts = hosts
    self.now = now
  }

  /// Returns the report's lines.
  package func lines(on surface: Surface) -> [String] {
    let reached = hosts.count { if case .reached = $0.survey { true } else { false } }
    var lines = [
      surface.paint(title, .strong) + ", \(reached) of \(hosts.count.of("host")) reached"
    ]
    lines += table(on: surface) + whys() + leftWrong(on: surface)
    lines += reasons() + trials() + drifts(on: surface) + differences(on: surface) + missingLines(on: surface)
    lines += trafficLines() + locks(on: surface) + waits() + jobs()
    lines += compared(on: surface)
    return lines
  }

  /// The hosts as data for programs.
  package var value: Value {
    .list(
      hosts.map { host in
        guard case .reached(let state) = host.survey else {
          guard case .unreachable(let failure) = host.survey else { return .null }
          return JSON.record([
            ("host", .text(host.name)), ("state", "unknown"),
            (
              "error",
              JSON.record([
                ("kind", .text(failure.kind.rawValue)), ("message", .text(failure.message)),
              ])
            ),
          ])
        }
        return JSON.record([
          ("host", .text(host.name)), ("state", .text(StatusReport.word(state))),
          ("release", state.current.map { .text($0.rawValue) }),
          ("bundle", state.receipt.map { .text($0.inputs.bundle.hex) }),
          ("deployment", state.receipt.map { .text($0.deployment.rawValue) }),
          ("trial", state.receipt.map { .bool($0.trial == true) }),
          ("at", state.receipt.map { .text(When.iso($0.at)) }),
          ("actor", state.receipt.map { .text($0.actor) }),
          ("provenance", state.receipt.flatMap { $0.provenance?.value }),
          ("previous", state.previous.map { .text($0.release.id.rawValue) }),
          ("locked_by", state.lock.map { .text($0.deployment.rawValue) }),
          ("parked", state.parked?.value),
          ("locked_application", state.lock?.application.map { .text($0) }),
          ("traffic", trafficValue(of: host.name)), ("jobs", .int(state.jobs.count)),
          ("compared", .list(["links", "folders", "counts", "owners", "modes"])),
          ("drift", .list(drift(of: host.name, state).map { .text($0.message) })),
        ])
      })
  }

  /// Deployments that have not ended, as data for programs.
  package var openValue: Value {
    .list(
      open.map { deployment in
        JSON.record(
          [
            ("deployment", .text(deployment.id.rawValue)), ("kind", .text(deployment.kind.words.word)),
            ("task", deployment.kind.words.task.map { .text($0) }),
            ("state", .text(deployment.state == .running ? "running" : deployment.parked == nil ? "interrupted" : "parked")),
            ("taken_over", deployment.takenOver.isEmpty ? nil : .list(deployment.takenOver.map { .text($0) })),
            ("pause", deployment.pause?.value), ("parked_until", deployment.parked.map { .text(When.iso($0)) }),
          ] + (accounts.first { $0.id == deployment.id }?.members ?? []))
      })
  }

  /// What the newest deployment that has ended left, for programs, or nil if nothing needs attention.
  package var leftValue: Value? {
    guard let left = left?.still(hosts), left.isWrong else { return nil }
    return JSON.record([("deployment", .text(left.id.rawValue))] + left.members)
  }

  /// Returns who deployed the hosts' releases and why, with a line for each deployment in a receipt.
  private func whys() -> [String] {
    var seen: [Deployment.ID] = []
    return hosts.flatMap { host -> [String] in
      guard case .reached(let state) = host.survey, let receipt = state.receipt, !seen.contains(receipt.deployment),
        let line = receipt.provenance?.line
      else { return [] }
      seen.append(receipt.deployment)
      return ["  \(receipt.deployment): \(line)"]
    }
  }

  /// Returns lines about the traffic and the hosts that the newest deployment left in a wrong state. Hosts that have had a newer deployment
  /// since then are left out.
  private func leftWrong(on surface: Surface) -> [String] {
    guard let left = left?.still(hosts), left.isWrong else { return [] }
    let ways = noWayBack == nil ? "lander deploy or lander rollback" : "lander deploy"
    return ["", surface.paint("Deployment \(left.id) left what needs attention:", .bad)] + left.concerns(on: surface).map { "  " + $0 }
      + ["  → lander show \(left.id) says what happened; \(ways) of this group comes out of it"]
  }

  private static func word(_ state: HostState) -> String {
    guard let current = state.current else { return state.strange == nil ? "empty" : "foreign" }
    if state.stranger != nil { return "foreign" }
    return state.receipt?.release.id == current ? "on" : "between"
  }

  /// Returns the cells of a host's row, without the name. They say what the host runs.
  func row(_ survey: Survey, on surface: Surface) -> [String] {
    switch survey {
    case .unreachable: return [surface.paint("unknown", .bad)]
    case .reached(let state):
      guard let current = state.current else {
        guard let strange = state.strange else { return [surface.paint("nothing yet", .dim)] }
        return [surface.paint("not lander's", .warn), SafeText.line(strange.words)]
      }
      guard let receipt = state.receipt, receipt.release.id == current else {
        return [current.rawValue, surface.paint(state.stranger.map { "of \(SafeText.line($0.application))" } ?? "no receipt", .warn)]
      }
      return [
        current.rawValue, receipt.inputs.bundle.short, receipt.deployment.rawValue, When.ago(receipt.at, now: now),
        SafeText.line(receipt.actor),
      ]
    }
  }

  /// Returns why a host's state is unknown, or is not as it should be.
  private func reasons() -> [String] {
    hosts.flatMap { host -> [String] in
      switch host.survey {
      case .unreachable(let failure): return failure.problem(of: host.name).lines().map { "  " + $0 }
      case .reached(let state):
        guard let current = state.current, state.receipt?.release.id != current, state.stranger == nil,
          state.hindrance?.kind != .corrupt
        else { return [] }
        let canResume = open.contains { $0.state == .interrupted && $0.kind.task == nil && !$0.takenOver.contains(host.name) }
        let interrupted = canResume ? "was interrupted" : "is under way elsewhere"
        return [
          "  \(host.name): it runs \(current) without a receipt: a deployment failed and left it so, or \(interrupted)",
          "    → " + wayOn(canResume: canResume, isLocked: state.lock.map(isHeld) ?? false, cancelling: state.cancelling),
        ]
      }
    }
  }

  /// Whether no other deployment is allowed to take the lock, because its lease has not ended or its deployment can be resumed.
  private func isHeld(_ lock: Lock) -> Bool { lock.leaseLeft > 0 || open.contains { $0.id == lock.deployment } }

  /// Returns those next commands that would not be refused now.
  private func wayOn(canResume: Bool, isLocked: Bool, cancelling: String) -> String {
    if isLocked {
      return canResume ? "lander resume finishes it; lander cancel \(cancelling)" : "wait until whoever holds the lock is done"
    }
    return (canResume ? "lander resume finishes it; " : "") + (noWayBack == nil ? "lander rollback goes back; " : "")
      + "lander deploy goes forward"
  }

  /// Returns the differences between a host's disk and its receipt, and what is known about the last deployment there.
  private func drifts(on surface: Surface) -> [String] {
    hosts.flatMap { host -> [String] in
      guard case .reached(let state) = host.survey else { return [] }
      return drift(of: host.name, state).flatMap { problem in
        Problem(problem.message, subject: host.name, fix: problem.fix).lines(on: surface).map { "  " + $0 }
      }
    }
  }

  private func drift(of host: String, _ state: HostState) -> [Problem] {
    state.drift(goesBack: noWayBack == nil) + notes.filter { $0.subject == host }
  }

  /// Returns the deployments whose receipts are on trial, each with its hosts.
  private func trials() -> [String] {
    var found: [(deployment: Deployment.ID, hosts: [String])] = []
    for host in hosts {
      guard case .reached(let state) = host.survey, let receipt = state.receipt, receipt.trial == true else { continue }
      if let index = found.firstIndex(where: { $0.deployment == receipt.deployment }) {
        found[index].hosts.append(host.name)
      } else {
        found.append((receipt.deployment, [host.name]))
      }
    }
    return found.map { deployment, names in
      let more = names.count > 8 ? " … (\(names.count))" : ""
      let hosts = names.prefix(8).joined(separator: " ") + more
      if let noWayBack {
        let subject = noWayBack.subject.map { "\($0): " } ?? ""
        return "  Deployment \(deployment) has not succeeded (yet) on \(hosts); no rollback just now: \(subject)\(noWayBack.message)"
      }
      return "  Deployment \(deployment) has not succeeded (yet): lander rollback takes \(hosts) back from it"
    }
  }

  /// Returns a line that says what was compared. It also says that the contents of files were not compared, so that nobody assumes that
  /// they were.
  private func compared(on surface: Surface) -> [String] {
    let runs = hosts.contains { if case .reached(let state) = $0.survey { state.current != nil } else { false } }
    guard runs else { return [] }
    let line =
      "Compared: links, folders, the number of files, owners and permission bits. Not compared: what files hold; lander verify does."
    return [""] + (surface.terminal ? line.folded(to: surface.width) : [line]).map { surface.paint($0, .dim) }
  }

  /// The hosts. If a machine has slots, only the slot that was deployed to last is included, because the other slots keep an older release
  /// on purpose.
  private var speaking: [(name: String, survey: Survey)] {
    var newest: [ExactText: Timestamp] = [:]
    let found = hosts.map { host -> (machine: ExactText, at: Timestamp)? in
      guard let slash = host.name.lastIndex(of: "/") else { return nil }
      let receipt = if case .reached(let state) = host.survey { state.receipt } else { Receipt?.none }
      return (ExactText(String(host.name[..<slash])), receipt?.at ?? Timestamp(milliseconds: .min))
    }
    for one in found { if let one { newest[one.machine] = max(one.at, newest[one.machine] ?? one.at) } }
    return zip(hosts, found).filter { _, one in one.map { newest[$0.machine] == $0.at } ?? true }.map(\.0)
  }

  /// If the hosts do not all run the same release, returns which hosts run which release.
  private func differences(on surface: Surface) -> [String] {
    var counts: [(runs: String, hosts: [String])] = []
    for host in speaking {
      guard case .reached(let state) = host.survey else { continue }
      let runs = state.current?.rawValue ?? (state.strange == nil ? "nothing" : "what lander did not deploy")
      if let index = counts.firstIndex(where: { $0.runs == runs }) {
        counts[index].hosts.append(host.name)
      } else {
        counts.append((runs, [host.name]))
      }
    }
    guard counts.count > 1 else { return [] }
    counts.sort { $0.hosts.count > $1.hosts.count }
    return ["", surface.paint("The hosts are not in step:", .warn)]
      + counts.map { count in
        "  \(count.runs) on \(count.hosts.prefix(6).joined(separator: " "))"
          + (count.hosts.count > 6 ? " … (\(count.hosts.count))" : "")
      }
  }

  private func locks(on surface: Surface) -> [String] {
    var seen: [(lock: Lock, parked: Parked?, hosts: [String])] = []
    let keeper = register.map { [(name: "\($0.name) (the register)", survey: $0.survey)] } ?? []
    for host in hosts + keeper {
      guard case .reached(let state) = host.survey, let lock = state.lock else { continue }
      if let index = seen.firstIndex(where: { $0.lock.token == lock.token }) {
        seen[index].hosts.append(host.name)
      } else {
        seen.append((lock, state.parked, [host.name]))
      }
    }
    return seen.flatMap { lock, parked, names -> [String] in
      if let parked { return [""] + parked.lines(lock, at: now, zone: surface.zone) + ["  on \(names.prefix(8).joined(separator: " "))"] }
      let life =
        lock.leaseLeft > 0
        ? "its lease ends in \(lock.leaseLeft) s unless it is renewed"
        : "silent: its engine does not renew the lease any more"
      return [
        "",
        "Locked by \(SafeText.line(lock.owner)): \(SafeText.line(lock.purpose)), deployment \(lock.deployment), "
          + "since \(When.ago(lock.since, now: now)) (\(life))",
        "  on \(names.prefix(8).joined(separator: " "))",
      ]
    }
  }

  private func jobs() -> [String] {
    let running = hosts.flatMap { host -> [String] in
      guard case .reached(let state) = host.survey else { return [] }
      return state.jobs.map {
        "  \(host.name): \(SafeText.line($0.command)), deployment \($0.deployment), since \(When.ago($0.since, now: now))"
      }
    }
    return running.isEmpty ? [] : ["", "Still running on hosts:"] + running
  }
}

extension ForeignCurrent {
  /// What is at the path of `current`, in a few words.
  package var words: String {
    switch self {
    case .link(let text): "a link to \(text)"
    case .folder: "a folder"
    case .file: "a file"
    }
  }
}

extension HostState {
  /// What a cancellation would do to the deployment that has the host's lock.
  fileprivate var cancelling: String {
    let barring = marks?.first { $0.isIrreversible && $0.deployment == lock?.deployment }
    return barring.map { "ends it, and takes nothing back: stage \(SafeText.line($0.stage)) cannot be undone" } ?? "takes it back"
  }
}
