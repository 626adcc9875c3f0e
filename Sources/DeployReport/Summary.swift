package import DeployModel

/// The outcome of a deployment in words: what happened, what failed first, how many hosts failed for each cause, and what to do next.
package struct Summary: Sendable {
  package var story: DeploymentStory
  /// The rollback that followed the deployment, or nil if there was none.
  package var rollback: DeploymentStory?
  /// The options with which the user described a project without a `deploy.lua`, or nil if there is a `deploy.lua`. The next commands need
  /// these options again.
  package var typed: String?
  package init(_ story: DeploymentStory, rollback: DeploymentStory? = nil, typed: String? = nil) {
    self.story = story
    self.rollback = rollback
    self.typed = typed
  }

  /// The exit code of the command, or nil if the deployment has no conclusion.
  package var exit: ExitCode? {
    story.conclusion.map { ExitCode($0, rollback: rollback?.conclusion, isRollback: story.plan?.kind.isRollback ?? false) }
  }

  /// The next commands, each with its effect. The list is empty if the deployment has no conclusion.
  var steps: [[String]] {
    guard let conclusion = story.conclusion, let plan = story.plan else { return [] }
    return next(conclusion, plan)
  }

  /// Returns the summary's lines.
  package func lines(on surface: Surface) -> [String] {
    guard let conclusion = story.conclusion, let plan = story.plan else {
      return unfinished(on: surface)
    }
    var lines = [headline(conclusion, plan, on: surface)]
    if !story.hosts.isEmpty { lines.append("  Hosts   " + HostCounts(of: story, after: rollback).text) }
    if !story.isAsWished, let first = story.first {
      lines += [""] + describe(first, on: surface)
    }
    lines += Causes(of: story).lines
    // A command stays on one line. Even if the terminal wraps the line, a copy of the command contains no line break.
    if surface.terminal { lines = lines.flatMap { $0.folded(to: surface.width) } }
    lines += wayBack(conclusion, on: surface)
    let next = self.next(conclusion, plan)
    if !next.isEmpty {
      let table = Table([], rows: next).lines(on: surface, indent: 4)
      let isWide = surface.terminal && table.contains { $0.columns > surface.width }
      lines += ["", "  Next"] + (isWide ? next.flatMap { ["    " + $0[0]] + $0.dropFirst().map { "      " + $0 } } : table)
    }
    return lines
  }

  private func unfinished(on surface: Surface) -> [String] {
    guard let plan = story.plan else { return [] }
    return [
      surface.paint("Interrupted", .warn)
        + ": \(plan.kind.words.named(plan.id, of: plan.subject.recipe, plan.subject.group)) has not ended.",
      "  Hosts   " + HostCounts(of: story).text, "", "  Next", "    lander resume \(plan.id)",
    ]
  }

  private func headline(_ conclusion: Conclusion, _ plan: Plan, on surface: Surface) -> String {
    let what = "\(plan.title), \(story.duration)"
    let broken = story.hosts.filter(\.status.isRestoreFailed).map(\.name)
    if let first = broken.first, [.succeeded, .partial].contains(conclusion.status) {
      let hosts = broken.count == 1 ? first : broken.count.of("host")
      return surface.paint("\(hosts) \(notBack)", .bad) + ", though the rest is within the budget: \(what)"
    }
    switch conclusion.status {
    case .succeeded:
      if !story.isAsWished { return surface.paint("Succeeded within its budget", .warn) + ": \(what)" }
      let movesTraffic = story.weights.map { $0.first != $0.last } ?? false
      let isUnchanged =
        !movesTraffic && !plan.hasDueStages && story.hosts.contains { $0.status == .unchanged }
        && story.hosts.allSatisfy { $0.status != .succeeded }
      if !isUnchanged { return surface.paint("Succeeded", .good) + ": \(what)" }
      if plan.kind.removal != nil { return surface.paint("Nothing to do", .good) + ": \(what). No host has anything of it." }
      return surface.paint("Nothing to do", .good)
        + ": \(what). Every host has the \(plan.alike) already" + (plan.kind.isRollback ? "." : "; --force runs the hooks again.")
    case .failed: return surface.paint("Failed", .bad) + ": \(what)"
    case .cancelled: return surface.paint("Cancelled", .warn) + ": \(what)"
    case .partial:
      let (reason, left) = story.stopped ?? ("", 0)
      return surface.paint("Stopped on purpose", .warn) + ": \(what). \(left.of("host")) \(plan.kind.words.left): \(SafeText.line(reason))"
    case .refused: return surface.paint("Refused", .bad) + ": \(plan.title). Nothing was changed."
    }
  }

  private func describe(_ failing: DeploymentStory.Failing, on surface: Surface) -> [String] {
    let host = failing.host.map { story.hosts[$0].name } ?? failing.error.host
    let step = failing.event?.rawValue ?? failing.stage.map { "stage \($0)" }
    let places = [host, step, failing.error.place?.description].compactMap { $0 }
    var lines = ["  First failure" + (places.isEmpty ? "" : ": " + places.joined(separator: ", "))]
    lines.append("    " + surface.paint(failing.error.line(on: host), .bad))
    if let operation = failing.operation,
      !failing.error.line.contains(operation.drop { $0 != " " }.dropFirst())
    {
      lines.append("    while: " + operation + (failing.status.map { ", exit status \($0)" } ?? ""))
    }
    let trace = failing.error.trace.prefix(8).dropFirst(failing.error.place == nil ? 0 : 1)
    lines += trace.map { "    at " + SafeText.line($0) }
    if let stderr = failing.error.stderr, !stderr.isEmpty {
      lines += SafeText.tail(stderr, lines: 10).map { "    | " + $0 }
    }
    if let fix = failing.error.failure.fix { lines.append("    → " + SafeText.line(fix)) }
    return lines
  }

  /// Returns lines that say what the changed hosts run now and, if the rollback failed, what a person has to type.
  private func wayBack(_ conclusion: Conclusion, on surface: Surface) -> [String] {
    guard conclusion.status != .refused, !story.isAsWished else { return [] }
    let isWhole = conclusion.status == .succeeded || conclusion.status == .partial
    var lines: [String] = []
    if let stray = conclusion.traffic {
      lines += [
        "",
        "  " + surface.paint("The traffic could not be put back", .bad) + " to \(SafeText.line(stray.wanted.sentence)): "
          + SafeText.line(stray.message),
      ]
      if !stray.commands.isEmpty { lines += ["    It was tried with:"] + stray.commands.map { "      " + SafeText.line($0) } }
    }
    for host in story.hosts + (rollback?.hosts ?? []) {
      guard case .restoreFailed(_, let restoring, let commands) = host.status else { continue }
      lines += [
        "", "  " + surface.paint("\(host.name) \(notBack)", .bad) + ": \(restoring.line)",
      ]
      if let stderr = restoring.stderr {
        lines += SafeText.tail(stderr, lines: 5).map { "    | " + $0 }
      }
      lines += ["    Type on \(host.name):"] + commands.map { "      " + $0 }
    }
    let taken = (story.hosts + (rollback?.hosts ?? [])).filter(\.status.isTakenOver).map(\.name)
    if !taken.isEmpty {
      lines += ["", "  A newer deployment took over, and what they run is its business: " + Self.named(taken)]
    }
    let unknown = (story.hosts + (rollback?.hosts ?? [])).filter(\.status.isUnreachable).map(\.name)
    if !unknown.isEmpty {
      lines += ["", "  Unreachable, nobody knows what they run: " + Self.named(unknown)]
    }
    if let rollback, let end = rollback.conclusion {
      let outcome =
        end.status == .succeeded
        ? surface.paint("went back", .good) : surface.paint("could not go back", .bad)
      lines += ["", "  Rollback \(rollback.id): \(outcome), " + HostCounts(of: rollback).text]
      if end.status != .succeeded, let first = rollback.first {
        lines += Summary(rollback).describe(first, on: surface)
      }
      let left = rollback.hosts.filter(\.status.isLeftBehind).map(\.name)
      if end.isTakenOver {
        lines += ["", "  A newer deployment took over, and what they run is its business: " + Self.named(left)]
      } else if !left.isEmpty {
        lines += ["", "  Not back, on the release that failed or stopped half way: " + Self.named(left)]
      }
      lines += Summary(rollback).notStarted
    } else if lines.isEmpty, !isWhole, stayed.isEmpty, !conclusion.owesWayBack {
      lines = ["", "  " + whatIsLeft]
    }
    lines += notUndone(on: surface) + whatRan + notStarted
    if !stayed.isEmpty {
      let why =
        story.plan?.kind.removal != nil
        ? "for what is removed does not come back"
        : story.plan?.kind.task != nil
          ? "for a task takes nothing back"
          : story.conclusion?.irreversible.map { "because stage \(SafeText.line($0)) cannot be undone" } ?? "because rollback is off"
      lines += ["", "  Left as they are, \(why): " + Self.named(stayed)]
    }
    return lines
  }

  /// Hosts that stay on the new or failed release, because the recipe says so or an irreversible stage has begun.
  private var stayed: [String] {
    let isEnded = [.failed, .cancelled].contains(story.conclusion?.status)
    let staysPut = story.plan?.flow.rollback == false || story.conclusion?.irreversible != nil
    let keeps = story.plan?.kind.leadsToRelease == false || story.plan?.kind == .deploy && staysPut
    let isOff = isEnded && rollback == nil && keeps
    return story.hosts.filter { $0.status.isHeld || isOff && $0.status == .succeeded }.map(\.name)
  }

  private static func named(_ hosts: [String]) -> String {
    hosts.prefix(8).joined(separator: " ") + (hosts.count > 8 ? " …" : "")
  }

  private func next(_ conclusion: Conclusion, _ plan: Plan) -> [[String]] {
    if !plan.kind.leadsToRelease, let own = nextOfBare(plan) { return own }
    let project = typed.map { " " + $0 } ?? ""
    let group = typed == nil ? plan.subject.groupName.option : project
    let hosts = typed == nil ? group + (plan.subject.typed?.words([.hosts]) ?? "") : project
    let own = plan.typed(TypedOptions.Part.allCases) + (plan.flow.missing == nil ? "" : " --missing")
    let again = typed == nil ? own : plan.subject.recipe + project
    // Only the strategy of a whole deployment decides which slot or pool gets a release.
    let isPooled = plan.flow.strategy?.traffic != nil || plan.hosts.contains { $0.host.slot != nil }
    let catchesUp = typed == nil && plan.kind == .deploy && !isPooled
    let missing = catchesUp ? "lander deploy \(plan.typed()) --missing" : nil
    let left = story.hosts.filter { if case .leftOut = $0.status { true } else { false } }.map(\.name)
    let failedHost = story.first.flatMap { $0.host.map { story.hosts[$0].name } ?? $0.error.host }
    switch exit {
    case .done? where !story.isAsWished:
      return [
        ["lander logs \(plan.id)\(failedHost.map { " " + $0 } ?? "")", "the whole output"],
        [missing ?? "lander deploy\(typed == nil ? " " + again : project)", "tries the hosts again that have it not"],
      ]
    case .partial?:
      return [
        [missing ?? "lander deploy \(again)", "brings the other hosts to it too"]
      ] + (canGoBack(plan) ? [["lander rollback \(plan.subject.recipe)\(hosts)", "takes the changed hosts back"]] : [])
    case .done? where missing != nil && !left.isEmpty:
      return [[missing ?? "", "brings it to \(Self.named(left)), unreachable now, once \(left.count == 1 ? "it is" : "they are") back"]]
    case .done?, nil: return []
    case .locked?: return nextOfBusy(conclusion, plan, project, group)
    case .unreachable?:
      return [["lander hosts\(plan.subject.groupName.argument)\(project)", "tries each host and says what is wrong"]]
    case .usage?, .refused?, .internal?:
      return [["lander doctor", "explains what is wrong with the set-up"]]
    case .held?:
      return [
        ["lander logs \(plan.id)\(failedHost.map { " " + $0 } ?? "")", "the whole output"]
      ] + back(plan, again, ["lander rollback \(plan.subject.recipe)\(hosts)", "goes back when you have looked"])
    case .rollbackFailed? where lacksOnlyUndo: return afterUndo(group, again)
    case .rollbackFailed?:
      return [
        ["lander status\(group)", "what each host runs now"]
      ] + wayOn(plan, hosts, again) + [
        ["lander logs \(plan.id)\(failedHost.map { " " + $0 } ?? "")", "the whole output"]
      ]
    default:
      return [
        ["lander logs \(plan.id)\(failedHost.map { " " + $0 } ?? "")", "the whole output"],
        ["lander status\(group)", "what each host runs now"],
      ]
    }
  }
}

extension Summary {
  /// Returns the commands that show which deployment holds the hosts' locks, and what it is doing.
  private func nextOfBusy(_ conclusion: Conclusion, _ plan: Plan, _ project: String, _ group: String) -> [[String]] {
    guard let holder = conclusion.holder else {
      let isTaken = conclusion.isTakenOver || rollback?.conclusion?.isTakenOver == true
      return [
        ["lander status\(isTaken ? group : project)", isTaken ? "what each host runs now, and who is at it" : "who holds the lock"]
      ]
    }
    return [
      [
        "lander status\(project)",
        "what \(holder.owner) is doing (\(holder.purpose), \(holder.deployment))",
      ],
      [
        "lander unlock\(plan.subject.groupName.argument(of: plan.subject.recipe))\(project)",
        "explains the holder first; only if it is gone",
      ],
    ]
  }
}

extension Summary {
  /// Why hosts never began, for example because the floor did not allow it. It is empty if the first failure is the cause.
  private var notStarted: [String] {
    let waiting = story.hosts.filter { $0.status == .pending }.map(\.name)
    guard !waiting.isEmpty, let error = story.conclusion?.error, error.failure.message != story.first?.error.failure.message,
      error.failure.kind != .cancelled
    else { return [] }
    return ["", "  Not started, because \(error.line): " + Self.named(waiting)]
      + (error.failure.fix.map { ["    → " + SafeText.line($0)] } ?? [])
  }

  /// What hosts run after a failure that needs no repair. If a rollback failed, this is the release that the rollback should have replaced.
  private var whatIsLeft: String {
    guard story.hosts.contains(where: \.status.wasChanged) else { return whatRan.isEmpty ? "No host was changed." : notBegun }
    if story.conclusion?.isTakenOver == true {
      let left = story.hosts.filter { $0.status == .succeeded }.map(\.name)
      if !left.isEmpty {
        return "Nothing was taken back, because a newer deployment took hosts over. Brought to the release before: " + Self.named(left)
      }
    }
    if story.plan?.kind.removal != nil { return "Every touched host runs what it ran before." }
    if story.plan?.kind.task != nil { return "What was stopped runs again, and hosts that left their traffic have it back." }
    guard story.plan?.kind == .deploy else {
      let left = story.hosts.filter(\.status.isLeftBehind).map(\.name)
      if left.isEmpty { return "Every host that was to go back is back." }
      return "Not back, on what they ran before the rollback: " + Self.named(left)
    }
    return "Every touched host is back on what it ran before."
  }

  /// Returns the command for a rollback or, if a rollback would be refused, the command for a deployment.
  /// - Parameter again: the arguments after `lander deploy`.
  private func back(_ plan: Plan, _ again: String, _ command: [String]) -> [[String]] {
    if canGoBack(plan) { return [command] }
    return [["lander deploy \(again)", "goes forward, once that is fixed"]]
  }

  private func canGoBack(_ plan: Plan) -> Bool { plan.kind != .deploy || plan.leavesSomething && story.barrier == nil }

  /// Returns the command for hosts that could not be rolled back. If their old release is gone, it has to be sent again.
  private func wayOn(_ plan: Plan, _ hosts: String, _ again: String) -> [[String]] {
    let broken = (story.hosts + (rollback?.hosts ?? [])).filter { $0.status.isLeftBroken || $0.status.isRestoreFailed }
    let lost = broken.filter {
      if case .restoreFailed(_, let restoring, _) = $0.status { restoring.failure.kind == .missing } else { false }
    }
    guard lost.isEmpty || lost.count < broken.count else { return [] }
    // Only the traffic could not be restored, so no host needs the command.
    if broken.isEmpty, story.conclusion?.traffic != nil, rollback?.conclusion?.status ?? .succeeded == .succeeded { return [] }
    // The other hosts run the new release without problems. So this host gets the new release too, instead of a rollback of all hosts.
    if [.succeeded, .partial].contains(story.conclusion?.status) {
      let names = broken.map { " --only \($0.name)" }.joined()
      let group = typed.map { " " + $0 } ?? plan.subject.groupName.option
      let files = typed == nil ? plan.subject.typed?.words([.revision, .parameters]) ?? "" : ""
      return [["lander deploy \(plan.subject.recipe)\(group)\(names)\(files)", "tries again, once what stopped them is out of the way"]]
    }
    return back(
      plan, again,
      ["lander rollback \(plan.subject.recipe)\(hosts)", "takes the hosts that are left back, once what stopped them is out of the way"])
  }
}

extension DeploymentStory {
  /// Whether the deployment has succeeded, and every host has the release that it should have, or was left out before the start.
  var isAsWished: Bool { conclusion.map { $0.status == .succeeded && $0.hosts.allSatisfy(\.isWhereItShouldBe) } ?? false }
}

extension Plan {
  /// Whether at least one host ran a release before, so that a rollback is possible.
  var leavesSomething: Bool { hosts.contains { $0.previous != nil || $0.current != nil } }

  /// The title of the deployment, with its id, such as `web of shop to production, deployment 20261121-113045-x7k2`.
  package var title: String {
    "\(kind.words.prefix)\(what) \(preposition) \(subject.groupName.words), deployment \(id)"
  }

  /// The title of the deployment, without its id, such as `web of shop to production` or `restart of web on production`.
  var heading: String {
    let prefix = kind.isRollback ? "" : kind.words.prefix
    return "\(prefix)\(what) \(preposition) \(subject.groupName.words)"
  }

  var preposition: String { kind.words.preposition }

  /// The recipe: `web`, or `web of shop` if the application has another name.
  package var what: String {
    subject.recipe == subject.application ? subject.recipe : "\(subject.recipe) of \(subject.application)"
  }
}
