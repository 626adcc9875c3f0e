package import DeployModel

/// The end of a deployment in words: what happened, what failed first, how many for which cause, and what to do next.
package struct Summary: Sendable {
  package var story: DeploymentStory
  /// The deployment that went back after it, where there was one.
  package var rollback: DeploymentStory?
  /// Options that name a project without a `deploy.lua`, as they were typed; commands that follow need them again.
  package var typed: String?
  package init(_ story: DeploymentStory, rollback: DeploymentStory? = nil, typed: String? = nil) {
    self.story = story
    self.rollback = rollback
    self.typed = typed
  }

  /// The exit code that goes with it; nil while it has no conclusion.
  package var exit: ExitCode? {
    story.conclusion.map { ExitCode($0, rollback: rollback?.conclusion) }
  }

  /// The whole of it, line by line.
  package func lines(on surface: Surface) -> [String] {
    guard let conclusion = story.conclusion, let plan = story.plan else {
      return unfinished(on: surface)
    }
    var lines = [headline(conclusion, plan, on: surface)]
    if !story.hosts.isEmpty { lines.append("  Hosts   " + counts(of: story)) }
    if conclusion.status != .succeeded, let first = story.first {
      lines += [""] + describe(first, on: surface)
    }
    lines += causes()
    // What is to be typed stays on one line; a terminal breaks it without adding anything to what is copied.
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
        + ": deployment \(plan.id) of \(plan.recipe) to \(plan.group) has not ended.",
      "  Hosts   " + counts(of: story), "", "  Next", "    lander resume \(plan.id)",
    ]
  }

  private func headline(_ conclusion: Conclusion, _ plan: Plan, on surface: Surface) -> String {
    let what = "\(plan.subject), \(story.duration)"
    switch conclusion.status {
    case .succeeded:
      let changed = story.hosts.contains { if case .succeeded = $0.status { true } else { false } }
      if changed || story.hosts.isEmpty { return surface.paint("Succeeded", .good) + ": \(what)" }
      return surface.paint("Nothing to do", .good)
        + ": \(what). Every host has this bundle, recipe, parameters and secrets"
        + " already; --force runs the hooks again."
    case .failed: return surface.paint("Failed", .bad) + ": \(what)"
    case .cancelled: return surface.paint("Cancelled", .warn) + ": \(what)"
    case .refused: return surface.paint("Refused", .bad) + ": \(plan.subject). Nothing was changed."
    }
  }

  /// `21 succeeded · 2 restored · 1 unknown`, in the order of `HostStatus`.
  private func counts(of story: DeploymentStory) -> String {
    let order = [
      "succeeded", "unchanged", "left out", "restored", "not changed", "restore failed", "failed", "unknown",
      "changing", "restoring", "waiting",
    ]
    let words = story.hosts.map(\.status.word)
    return order.compactMap { word in
      let count = words.count { $0 == word }
      // It has ended: nothing waits any more.
      return count == 0 ? nil : "\(count.grouped) \(word == "waiting" ? "not started" : word)"
    }.joined(separator: " · ")
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

  /// Hosts by cause, the most frequent first; nothing where the first failure has said it all.
  private func causes() -> [String] {
    var groups: [(cause: String, hosts: [String])] = []
    for host in story.hosts {
      guard let error = host.status.error, story.cancelled == nil || error.failure.kind != .cancelled else { continue }
      let cause = error.line(on: host.name).replacing(word: host.name, with: "HOST")
      if let index = groups.firstIndex(where: { $0.cause == cause }) {
        groups[index].hosts.append(host.name)
      } else {
        groups.append((cause, [host.name]))
      }
    }
    guard groups.count > 1 || groups.first.map({ $0.hosts.count > 1 }) ?? false else { return [] }
    groups.sort { $0.hosts.count > $1.hosts.count }
    var lines = ["", "  Causes"]
    for group in groups.prefix(8) {
      let more = group.hosts.count > 6 ? " … (\(group.hosts.count.grouped))" : ""
      lines.append("    \(group.hosts.count.of("host")): \(group.cause)")
      lines.append("      " + group.hosts.prefix(6).joined(separator: " ") + more)
    }
    if groups.count > 8 { lines.append("    and \((groups.count - 8).of("other cause"))") }
    return lines
  }

  /// What the hosts that were touched run now, and what a person has to type where going back failed.
  private func wayBack(_ conclusion: Conclusion, on surface: Surface) -> [String] {
    guard conclusion.status == .failed || conclusion.status == .cancelled else { return [] }
    var lines: [String] = []
    for host in story.hosts + (rollback?.hosts ?? []) {
      guard case .restoreFailed(_, let restoring, let commands) = host.status else { continue }
      lines += [
        "", "  " + surface.paint("\(host.name) could not go back", .bad) + ": \(restoring.line)",
      ]
      if let stderr = restoring.stderr {
        lines += SafeText.tail(stderr, lines: 5).map { "    | " + $0 }
      }
      lines += ["    Type on \(host.name):"] + commands.map { "      " + $0 }
    }
    let unknown = story.hosts.filter { if case .unknown = $0.status { true } else { false } }
    if !unknown.isEmpty {
      let names =
        unknown.prefix(8).map(\.name).joined(separator: " ") + (unknown.count > 8 ? " …" : "")
      lines += ["", "  Out of reach, nobody knows what they run: \(names)"]
    }
    if let rollback, let end = rollback.conclusion {
      let outcome =
        end.status == .succeeded
        ? surface.paint("went back", .good) : surface.paint("could not go back", .bad)
      lines += ["", "  Rollback \(rollback.id): \(outcome), " + counts(of: rollback)]
      if end.status != .succeeded, let first = rollback.first {
        lines += Summary(rollback).describe(first, on: surface)
      }
    } else if lines.isEmpty, !conclusion.hosts.contains(where: \.isHeld),
      conclusion.rollback.isEmpty
    {
      let touched = conclusion.hosts.contains { $0.wasChanged }
      lines = [
        "",
        "  "
          + (touched ? "Every touched host is back on what it ran before." : "No host was changed."),
      ]
    }
    let held = story.hosts.filter(\.status.isHeld)
    if !held.isEmpty {
      lines += [
        "",
        "  Left as they are, because rollback is off: "
          + held.prefix(8).map(\.name).joined(separator: " "),
      ]
    }
    return lines
  }

  private func next(_ conclusion: Conclusion, _ plan: Plan) -> [[String]] {
    let project = typed.map { " " + $0 } ?? ""
    let group = typed == nil ? " --group \(plan.group)" : project
    let failedHost = story.first.flatMap { $0.host.map { story.hosts[$0].name } ?? $0.error.host }
    switch exit {
    case .done?, nil: return []
    case .locked?:
      guard let holder = conclusion.holder else {
        return [["lander status\(project)", "who holds the lock"]]
      }
      return [
        [
          "lander status\(project)",
          "what \(holder.owner) is doing (\(holder.purpose), \(holder.deployment))",
        ],
        ["lander unlock \(plan.group)\(project)", "explains the holder first; only if it is gone"],
      ]
    case .unreachable?:
      return [["lander hosts \(plan.group)\(project)", "tries each host and says what is wrong"]]
    case .usage?, .refused?, .internal?:
      return [["lander doctor", "explains what is wrong with the set-up"]]
    case .held?:
      return [
        ["lander logs \(plan.id)\(failedHost.map { " " + $0 } ?? "")", "the whole output"],
        ["lander rollback \(plan.recipe)\(group)", "goes back when you have looked"],
      ]
    default:
      return [
        ["lander logs \(plan.id)\(failedHost.map { " " + $0 } ?? "")", "the whole output"],
        ["lander status\(group)", "what each host runs now"],
      ]
    }
  }
}

extension Plan {
  /// `web of shop to production, deployment 20261121-113045-x7k2`.
  package var subject: String {
    let verb =
      switch kind {
      case .deploy: ""
      case .rollback: "rollback of "
      }
    return "\(verb)\(what) to \(group), deployment \(id)"
  }
  /// `web`, or `web of shop` where the application has another name.
  package var what: String { recipe == application ? recipe : "\(recipe) of \(application)" }
}

extension String {
  /// With every occurrence of a word replaced that is not a part of a longer one: hosts may be called `a`.
  package func replacing(word: String, with other: String) -> String {
    func continues(_ character: Character?) -> Bool {
      character.map { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" } ?? false
    }
    var result = ""
    var rest = self[...]
    while let hit = rest.firstRange(of: word), !hit.isEmpty {
      let before = rest[..<hit.lowerBound].last ?? result.last
      let whole = !continues(before) && !continues(rest[hit.upperBound...].first)
      result += rest[..<hit.lowerBound] + (whole ? other : word)
      rest = rest[hit.upperBound...]
    }
    return result + rest
  }
}
