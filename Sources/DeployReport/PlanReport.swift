package import DeployCore
package import DeployModel

/// A plan, for the people who decide about it. It shows what is deployed where, within which bounds, in which steps, and how it is rolled
/// back.
package struct PlanReport: Sendable {
  package var plan: Plan
  /// The entries of a rehearsal in which every answer is good.
  package var rehearsal: [Entry]
  /// The entries of a rehearsal in which the first wave fails.
  package var failure: [Entry]
  /// What the rehearsals could not find out. Only a real run will show it.
  package var findings: [RehearsalFinding]
  /// Descriptions of the parts of the recipe's code that might run several times. In the sum of deadlines, each part counts only once.
  package var loops: [String]
  /// The steps of an appspec installation on a host that has none of its files yet, one step a line.
  package var installation: [String] = []
  /// The hosts that lack the group's revision, and why, or nil if the plan is not for missing hosts.
  package var missing: MissingHosts?
  package init(
    _ plan: Plan, rehearsal: [Entry] = [], failure: [Entry] = [], findings: [RehearsalFinding] = [], loops: [String] = []
  ) {
    self.plan = plan
    self.rehearsal = rehearsal
    self.failure = failure
    self.findings = findings
    self.loops = loops
  }

  /// Returns the report's lines.
  package func lines(on surface: Surface) -> [String] {
    var lines = [surface.paint("Plan", .strong) + ": " + planned, ""]
    lines += Table([], rows: facts()).lines(on: surface, indent: 2)
    lines += [""] + hosts(on: surface)
    let good = Rehearsed(rehearsal)
    if good.sections.isEmpty, plan.hosts.allSatisfy({ $0.action == .unchanged }) {
      let why =
        plan.kind.removal == nil ? "every host has the \(plan.alike) already; --force runs the hooks again." : "no host has anything of it."
      return fitting(lines + ["", "  Nothing would be done: " + why], surface)
    }
    if !rehearsal.isEmpty {
      lines +=
        ["", "  " + surface.paint("What happens", .strong) + ", rehearsed without the hosts:"]
        + good.lines(on: surface)
      lines += ["", "  " + deadline(good)]
      lines += loops.map { "  It has once what may be more: " + SafeText.line($0) }
    }
    lines += installation(on: surface) + unseen(on: surface)
    lines += [""] + wayBack(on: surface, after: good)
    return fitting(lines, surface)
  }

  private func fitting(_ lines: [String], _ surface: Surface) -> [String] {
    surface.terminal ? lines.flatMap { $0.folded(to: surface.width) } : lines
  }

  /// Whether the rehearsal reached the end of each function.
  package var isWhole: Bool { !findings.contains { $0.isEnd } }

  /// Returns the sum of all deadlines, and says whether it is incomplete.
  private func deadline(_ good: Rehearsed) -> String {
    isWhole && loops.isEmpty
      ? "Over at the latest after \(good.deadline): the sum of all deadlines, one after the other."
      : "The deadlines of what is shown come to \(good.deadline), one after the other. That is not all of it."
  }

  /// Returns the functions whose ends the rehearsal did not reach, each with its line and the reason.
  private func unseen(on surface: Surface) -> [String] {
    guard !findings.isEmpty else { return [] }
    var lines = ["", "  " + surface.paint("Not known before it runs", .strong) + ":"]
    for finding in findings {
      let said = finding.warning.lines(on: surface)
      lines += said.map { "    " + $0 }
    }
    return lines
  }

  /// Returns the first eight steps of each kind.
  private func installation(on surface: Surface) -> [String] {
    guard !installation.isEmpty else { return [] }
    var lines = ["", "  " + surface.paint("Install", .strong) + ", on a host that has none of these files yet:"]
    var rest = installation[...]
    while let verb = rest.first?.prefix(while: { $0 != " " }) {
      let kind = rest.prefix { $0.hasPrefix(verb + " ") }
      lines += kind.prefix(8).map { "    " + SafeText.line($0) }
      if kind.count > 8 { lines.append("    … and \(verb) \((kind.count - 8).grouped) more") }
      rest = rest.dropFirst(max(1, kind.count))
    }
    return lines
  }

  private var planned: String {
    let verb =
      switch plan.kind {
      case .deploy: "deploy"
      case .rollback: "roll back"
      case .task(let task): "run \(SafeText.line(task.name)) of"
      case .remove: "remove"
      }
    return "\(verb) \(plan.what) \(plan.preposition) \(plan.subject.groupName.words), \(plan.hosts.count.of("host"))"
  }

  private func facts() -> [[String]] {
    var rows: [[String]] = []
    if let bundle = plan.content.bundle {
      let release = plan.content.release.map { ", release \($0.id)" } ?? ""
      let content =
        "\(bundle.files.of("file")), \(bundle.bytes.inBytes), digest \(bundle.digest.short)"
      rows.append(["Revision", "\(SafeText.line(bundle.source)): \(content)\(release)"])
    }
    if let recipe = plan.content.recipes.first {
      rows.append(["Recipe", "\(recipe.name), sources \(recipe.sources.short)"])
    }
    let parameters = plan.subject.parameters.members.map { "\($0.name) = \($0.value.plain)" }
    if !parameters.isEmpty { rows.append(["Parameters", parameters.joined(separator: ", ")]) }
    if !plan.content.secrets.isEmpty { rows.append(["Secrets", plan.content.secrets.joined(separator: ", ")]) }
    rows += plan.origin.provenance?.facts ?? []
    if let removal = plan.kind.removal {
      rows += [["Path", plan.placement.path], ["Goes", removal.whatGoes], ["Stays", removal.whatStays]]
      if plan.hosts.contains(where: { $0.host.slot != nil }) { rows.append(["Traffic", Removal.trafficOfSlots]) }
    } else {
      let shared = plan.placement.shared.isEmpty ? "" : "; shared: " + plan.placement.shared.joined(separator: " ")
      rows.append(["Path", "\(plan.placement.path), the newest \(plan.placement.keep.of("release")) kept\(shared)"])
    }
    if let deployment = plan.flow.missing {
      rows.append(["Missing", "what deployment \(deployment) brought; the recipe's strategy and its gates do not run"])
    } else if let deployment = plan.flow.joins {
      rows.append(["Joins", "what deployment \(deployment) brought; stages of the group do not run"])
    }
    rows.append(["Stages", plan.sentences.joined(separator: ", then ")])
    let partners = plan.namedPartners.map(\.host.name)
    if !partners.isEmpty { rows.append(["Partners", partners.joined(separator: " ")]) }
    if let register = plan.register {
      let why = register.register?.missing.map(register.withoutRegister)
      rows.append(["Register", SafeText.line(why ?? "\(register.host.name) is locked as well, because hosts of the group remember stages")])
    }
    if let freeze = plan.flow.freeze { rows.append(["Freeze", freeze.sentence(at: plan.origin.at)]) }
    if let alarm = plan.flow.alarm { rows.append(["Alarm", alarm.sentence]) }
    rows.append(["Bounds", plan.bounds.sentence(of: plan.hosts.count)])
    return rows
  }

  /// Returns the table of hosts. If there are many hosts, equal hosts share a row.
  private func hosts(on surface: Surface) -> [String] {
    let rows = plan.hosts.map { host -> [String] in
      switch host.action {
      case .change where plan.kind.task != nil:
        [host.host.name, "run", host.current.map { "keeps release \($0)" } ?? "nothing of lander runs there"]
      case .change where plan.kind.removal != nil:
        [host.host.name, "remove", host.current.map { "runs release \($0)" } ?? "runs nothing of it"]
      case .unchanged where plan.kind.removal != nil: [host.host.name, "unchanged", "has nothing of it"]
      case .change: [host.host.name, "change", host.journey + host.rotation]
      case .unchanged: [host.host.name, "unchanged", "has this bundle, recipe and parameters already" + host.comparison]
      case .leftOut(let failure): [host.host.name, "left out", SafeText.line(failure.message)]
      }
    }
    let counts = ["change", "run", "remove", "unchanged", "left out"].compactMap { word in
      let count = rows.count { $0[1] == word }
      return count == 0 ? nil : "\(count.grouped) \(word)"
    }
    let head = "  " + surface.paint("Hosts", .strong) + ": " + counts.joined(separator: ", ")
    if rows.count <= 30 { return [head] + Table([], rows: rows).lines(on: surface, indent: 4) }
    var groups: [(what: [String], names: [String])] = []
    var index: [[String]: Int] = [:]
    for row in rows {
      let what = Array(row.dropFirst())
      if let found = index[what] {
        groups[found].names.append(row[0])
      } else {
        index[what] = groups.count
        groups.append((what, [row[0]]))
      }
    }
    return [head]
      + groups.prefix(30).map { group in
        "    " + group.names.prefix(4).joined(separator: " ")
          + (group.names.count > 4 ? " … (\(group.names.count.of("host")))" : "") + ": "
          + group.what.joined(separator: ", ")
      }
  }

  private func wayBack(on surface: Surface, after good: Rehearsed) -> [String] {
    let title = surface.paint("Way back", .strong) + ": "
    let width = min(surface.width, 110)
    if let removal = plan.kind.removal { return (title + removal.wayBack).wrapped(to: width, margin: "  ") }
    if let task = plan.kind.task { return (title + task.wayBack).wrapped(to: width, margin: "  ") }
    guard plan.flow.rollback else {
      return (title + "none, rollback is off in this recipe: a failed host stays as it is.")
        .wrapped(to: width, margin: "  ")
    }
    if let stage = plan.flow.behind {
      let why = "stage \(SafeText.line(stage)) cannot be undone, and ran after what hosts would go back to"
      return (title + "none, \(why): a failed host stays as it is.").wrapped(to: width, margin: "  ")
    }
    let fresh = plan.hosts.count { $0.action == .change && !$0.serves && $0.isUnrestored != true && $0.lost == nil }
    let foreign = plan.hosts.count { $0.action == .change && $0.found != nil }
    var text = "a host that fails goes back to what it runs now, by that release's own recipe; "
    text += "a failed deployment takes every touched host back."
    if fresh > 0 { text += " \(fresh.of("host")) ran nothing so far and will run nothing again." }
    if foreign > 0 { text += " On \(foreign.of("host")) the link that lander did not make is put back as it is." }
    text += undone()
    let final = plan.flow.stages.filter { $0.terms?.irreversible == true }.map { SafeText.line($0.name) }
    if let first = final.first { text += " Once stage \(first) has begun, nothing goes back." }
    var lines = (title + text).wrapped(to: width, margin: "  ")
    if !failure.isEmpty {
      lines += ["  " + surface.paint("If the first wave fails", .strong) + ", rehearsed:"]
      lines += Rehearsed(failure).lines(on: surface, after: good)
    }
    return lines
  }
}

extension PlanReport {
  /// Returns a text that says which stages a rollback undoes, and when.
  private func undone() -> String {
    let index = plan.flow.stages.firstIndex { if case .rollout = $0 { true } else { false } } ?? plan.flow.stages.count
    func names(_ stages: ArraySlice<Stage>) -> [String] {
      stages.reversed().filter { $0.terms?.undo != nil && $0.terms?.isSkipped != true }.map { SafeText.line($0.name) }
    }
    func sentence(_ names: [String], _ when: String) -> String {
      names.isEmpty ? "" : " \(when), stage \(names.joined(separator: ", then ")) is undone if it has begun."
    }
    return sentence(names(plan.flow.stages[index...]), "Before hosts go back")
      + sentence(names(plan.flow.stages[..<index]), "After all are back")
  }
}

extension StageTerms {
  /// Whether the stage does not run in this deployment.
  fileprivate var isSkipped: Bool {
    switch settled {
    case .ran, .told: true
    case .again, .owed, nil: false
    }
  }
}

extension HostTask {
  /// What happens to a host on which the deployment fails.
  fileprivate var wayBack: String {
    switch around {
    case nil: "none, a task takes nothing back: a host on which it fails stays as it is, and no further host begins."
    case .drain: "a host on which it fails gets its traffic back if ValidateService finds it good; nothing else is taken back."
    case .restart: "a host on which it fails is started again and gets its traffic back if it is good; nothing else is taken back."
    }
  }
}

extension HostPlan {
  /// The host's old and new release, such as `77aa… → 8d1e…`, and whether the new release is already there.
  fileprivate var journey: String {
    let from =
      current?.rawValue ?? found.map { "foreign release \(SafeText.line($0))" } ?? lost.map { "nothing (release \($0) is gone)" }
      ?? "nothing"
    let to = target?.id.rawValue ?? link.map { "foreign release \(SafeText.line($0))" } ?? "nothing"
    let how = repairs == true ? ", compared with its manifest: what differs is sent again" : stages ? "" : ", there already"
    return "\(from) → \(to)\(how)" + (damage.map { $0.kind == .gone ? "" : "; \($0.release) is damaged: \($0.words)" } ?? "")
  }
}

extension Plan {
  /// A sentence for each stage.
  package var sentences: [String] {
    flow.stages.map { stage in
      if case .rollout(nil) = stage, flow.missing != nil { return "rollout (growing waves)" }
      // Only hosts that have the release can run its undo, so the plan names the host.
      guard let terms = stage.terms, terms.undoes != nil, terms.ground == .host, let host = elected(for: terms) else {
        return stage.sentence
      }
      return "\(stage.name) (on \(SafeText.line(name(ofHost: host))))"
    }
  }
}

extension Stage {
  /// The stage in words, such as `upload`, `migrate (once)` or `rollout (rolling, 25% a wave)`.
  package var sentence: String {
    switch self {
    case .upload: return "upload"
    case .rollout(let strategy):
      guard let strategy else { return "rollout (one wave)" }
      let batch = strategy.batch.map { amount in
        switch amount {
        case .count(let count): ", \(count) a wave"
        case .percent(let share): ", \(share.plain)% a wave"
        }
      }
      return "rollout (\(strategy.name)\(batch ?? ""))"
    case .script(_, _, _, _, _, let terms?) where terms.undoes != nil:
      return [name, terms.where.map { "(\($0))" }].compactMap(\.self).joined(separator: " ")
    case .script(let name, let summary, _, let when, _, let terms):
      let words = [
        (terms?.once == .revision ? "once a revision" : "once") + (summary.isEmpty ? "" : ": \(summary)"),
        when.map { _ in "if it applies" },
        terms?.where, terms?.irreversible == true ? "cannot be undone" : terms?.undo.map { _ in "can be undone" }, terms?.settled?.sentence,
      ]
      return "\(name) (\(words.compactMap(\.self).joined(separator: ", ")))"
    }
  }
}

extension StageTerms {
  fileprivate var `where`: String? {
    switch ground {
    case nil: nil
    case .host: "on one host"
    case .engine: "on this machine"
    case .group(let name): "on one host of \(name)"
    }
  }
}

extension StageTerms.Settled {
  fileprivate var sentence: String {
    switch self {
    case .ran(let mark): "skipped: deployment \(mark.deployment) ran it"
    case .owed(let mark) where mark.state == .undone: "again: deployment \(mark.deployment) undid it"
    case .owed(let mark): "again: it failed in deployment \(mark.deployment), or could not be undone"
    case .told: "skipped, as was said"
    case .again: "again, as was said"
    }
  }
}

extension Value {
  /// The value as a person would write it. Text has no quotes. Records and lists are JSON.
  package var plain: String {
    switch self {
    case .text(let text): SafeText.line(text)
    case .number(let number): number.plain
    default: JSON.text(self)
    }
  }
}

extension HostPlan {
  /// The names of secrets whose values have changed, or empty if there are none. If there are any, the host has to be changed.
  fileprivate var rotation: String {
    guard let changed = secrets?.changed, !changed.isEmpty else { return "" }
    return "; other \(changed.count == 1 ? "value" : "values") of \(changed.joined(separator: ", ")) than it has"
  }

  /// What is known about the values of the host's secrets: which of them are unchanged, and which were not compared.
  fileprivate var comparison: String {
    guard let secrets else { return "" }
    let same = secrets.same.isEmpty ? "" : ", and the same values of \(secrets.same.joined(separator: ", "))"
    let unknown = secrets.unknown.isEmpty ? "" : "; not compared: \(secrets.unknown.joined(separator: ", ")), \(secrets.reason ?? "")"
    return same + unknown
  }
}
