package import DeployModel

/// What is known before a deployment about stages that hosts remember.
package struct StageMarks: Sendable, Hashable {
  /// What the options of the command say about stages, by name.
  struct Overrides {
    /// The stages that are done for this revision (`--ran`).
    var ran: [String]
    /// The stages to run again (`--again`).
    var again: [String]
  }

  /// All marks of hosts of the group, including hosts that the deployment leaves alone.
  private let all: [StageMark]
  /// Deployments that have a lock: they know the state of their stages themselves.
  private let holders: [Deployment.ID]
  /// Deployments that hold the lock of a host that this deployment leaves alone.
  private let workers: [Deployment.ID]

  /// - Parameters:
  ///   - others: the hosts of the group that are left alone; nil: they were not surveyed.
  ///   - tokens: the tokens of locks that are taken over, because their holders are gone.
  package init(_ surveys: [Survey], beside others: Bystanders? = nil, takingOver tokens: [String?] = []) {
    let states = surveys.compactMap { survey -> HostState? in
      if case .reached(let state) = survey { return state }
      return nil
    }
    all = states.flatMap { $0.marks ?? [] } + (others?.marks ?? [])
    workers = others?.holders ?? []
    holders = states.compactMap(\.lock).filter { lock in !tokens.contains { $0?.isExactly(lock.token) == true } }.compactMap(\.deployment)
  }

  /// The marks, without marks of stages that were undone since. Hosts that were not reached then still have such marks.
  private var standing: [StageMark] {
    let undone = all.filter { $0.state == .undone }
    return all.filter { mark in
      !undone.contains { $0.isAbout(mark.stage, of: mark.revision) && ($0.at > mark.at || $0.at == mark.at && mark.state != .undone) }
    }
  }

  /// The stages of a recipe, with what is known about each stage.
  /// - Parameter begun: the stopped deployment that this one finishes. Stages that it ran do not run again, even if they usually run for
  ///   every deployment. Nil: this deployment finishes none.
  /// - Throws: names of stages that do not exist or keep no mark, and stages whose end nobody knows.
  func settle(
    _ stages: [Stage], of selection: Selection, _ revision: Digest, _ overrides: Overrides, finishing begun: Deployment.ID? = nil
  ) throws(Problems) -> [Stage] {
    var problems = Self.strays(overrides, stages, selection.recipe)
    var exit = problems.isEmpty ? ExitCode.refused : .usage
    let settled = stages.map { stage -> Stage in
      guard case .script(let name, let summary, let function, let when, let place, var terms?) = stage else { return stage }
      guard terms.once == .revision else {
        let ran = standing.first { $0.isAbout(name, of: revision) && $0.state == .done && $0.deployment == begun }
        terms.settled = ran.map { .ran($0) } ?? terms.settled
        return .script(name: name, summary: summary, function: function, when: when, place: place, terms: terms)
      }
      let marks = standing.filter { $0.isAbout(name, of: revision) }
      if let running = marks.first(where: { $0.state == .begun && workers.contains($0.deployment) }) {
        // Two deployments of different hosts take different locks.
        problems.append(running.isUnderWay(place))
        if problems.count == 1 { exit = .locked }
      } else if overrides.again.contains(where: { $0.isExactly(name) }) {
        terms.settled = .again
      } else if overrides.ran.contains(where: { $0.isExactly(name) }) {
        terms.settled = .told
      } else if let done = marks.first(where: { $0.state == .done }) {
        terms.settled = .ran(done)
      } else if let owed = marks.first(where: { [.failed, .undone].contains($0.state) }) {
        terms.settled = .owed(owed)
      } else if let begun = marks.first(where: { [.begun, .undoing].contains($0.state) && !holders.contains($0.deployment) }) {
        let lost = begun.lost(typed: selection.typed(TypedOptions.Part.allCases))
        problems.append(Problem(lost.message, place: place, fix: lost.fix))
      }
      return .script(name: name, summary: summary, function: function, when: when, place: place, terms: terms)
    }
    if !problems.isEmpty { throw Problems(problems, exit: exit) }
    return settled
  }

  private static func strays(_ overrides: Overrides, _ stages: [Stage], _ recipe: Recipe) -> [Problem] {
    let known = stages.filter { $0.terms?.once == .revision }.map(\.name)
    let unknown = (overrides.ran + overrides.again).filter { name in !known.contains { $0.isExactly(name) } }.map { name in
      Problem(
        "recipe \"\(recipe.name)\" has no stage \"\(name)\" that runs once for each revision", subject: name,
        fix: NearMatch.hint(name, among: known)
          ?? (known.isEmpty ? "leave it out: every stage runs in each deployment" : "its stages are: \(known.joined(separator: ", "))"))
    }
    let both = overrides.ran.filter { name in overrides.again.contains { $0.isExactly(name) } }.map { name in
      Problem("it is said to have run, and to run again", subject: name, fix: "leave --ran or --again out")
    }
    return unknown + both
  }

  /// Irreversible stages that began after the goal of the rollback was deployed, the newest first.
  /// - Parameters:
  ///   - despite: names of the stages that `--despite` gives.
  ///   - more: names of other stages that stop the rollback, for the command that is advised.
  ///   - typed: the arguments after `lander rollback`.
  package func inTheWay(to goal: Receipt, despite: [String], and more: [String] = [], typed: String) -> [Problem] {
    let between = newestFirst(since: goal)
    let all = between + undoable(behind: goal)
    let known = all.map(\.stage)
    let unknown = despite.filter { name in !all.contains { $0.isNamed(in: [name]) } }.map { name in
      Problem(
        "no stage of that name that is in the way ran after release \(goal.release.id) came there", subject: "--despite \(name)",
        fix: NearMatch.hint(name, among: known) ?? "leave it out")
    }
    let barring = between.filter { !$0.isNamed(in: despite) }
    let options = self.despite(despite, and: more, goingTo: goal)
    return unknown
      + barring.map { mark in
        Problem(
          "stage \"\(mark.stage)\" cannot be undone, and \(mark.state == .done ? "ran" : "was begun") for revision \(mark.revision.short) "
            + "in deployment \(mark.deployment) of \(mark.by), after release \(goal.release.id) came there",
          fix: "deploy a revision that works with what the stage changed; if that release does too: lander rollback \(typed)\(options)")
      }
  }

  /// The options that name every stage that is not undone, so that an advised command is complete: the typed stages that are in the way,
  /// the irreversible stages, and more.
  func despite(_ typed: [String], and more: [String], goingTo goal: Receipt) -> String {
    let between = newestFirst(since: goal)
    let known = between + undoable(behind: goal)
    let given = typed.filter { name in known.contains { $0.isNamed(in: [name]) } }
    return Self.despite(given + between.filter { !$0.isNamed(in: given) }.map(\.stage) + more)
  }

  /// The options that name stages, each once, in their order, with a blank before each.
  static func despite(_ names: [String]) -> String {
    let distinct = names.reduce(into: [String]()) { known, name in
      if !known.contains(where: { $0.isExactly(name) }) { known.append(name) }
    }
    return distinct.map { " --despite \($0.shellWord)" }.joined()
  }

  /// Marks of stages with an undo that ran after the goal of the rollback, the newest first, each once.
  func undoable(behind goal: Receipt) -> [StageMark] {
    let later = standing.filter { mark in
      mark.undo != nil && mark.state != .undone && mark.at > goal.origin && mark.revision != goal.inputs.bundle
    }
    return later.sorted { $0.at > $1.at }.reduce(into: []) { found, mark in
      guard let same = found.firstIndex(where: { $0.isAbout(mark.stage, of: mark.revision) }) else { return found.append(mark) }
      // A host that knows the end knows more, and one that does not know that it is being undone knows less.
      if mark.state == .undoing || found[same].state == .begun { found[same] = mark }
    }
  }

  /// The newest irreversible stage that prevents a failed deployment from taking its hosts back; nil: no stage does. Slots go back in any
  /// case, because they get no traffic.
  func behind(_ hosts: [HostPlan]) -> String? {
    let goals = hosts.filter { $0.action == .change && $0.host.slot == nil }.compactMap { $0.back ?? $0.previous }
    return goals.compactMap { newestFirst(since: $0).first }.max { $0.at < $1.at }?.stage
  }

  /// Each irreversible stage, once, that began for another revision after this receipt was written.
  private func newestFirst(since goal: Receipt) -> [StageMark] {
    let later = all.filter { $0.isIrreversible && $0.at > goal.at && $0.revision != goal.inputs.bundle }.sorted { $0.at > $1.at }
    return later.reduce(into: []) { found, mark in
      if !found.contains(where: { $0.stage.isExactly(mark.stage) }) { found.append(mark) }
    }
  }
}

extension StageMark {
  /// `migrate@3f2a91c4d5e6`: the stage of this revision, as `--despite` takes it.
  package var ofRevision: String { "\(stage)@\(revision.short)" }

  /// Whether `--despite` names it: by the stage's name, or also by the beginning of the revision.
  package func isNamed(in names: [String]) -> Bool {
    names.contains { name in
      if name.isExactly(stage) { return true }
      guard let at = name.lastIndex(of: "@"), String(name[..<at]).isExactly(stage) else { return false }
      let start = name[name.index(after: at)...]
      return start.utf8.count >= Self.shortest && revision.hex.hasPrefix(start)
    }
  }
  /// The number of digits that name a revision.
  private static let shortest = 6

  /// Another deployment, of other hosts of the group, runs the stage now.
  fileprivate func isUnderWay(_ place: SourcePlace?) -> Problem {
    Problem(
      "stage \"\(stage)\" runs for this revision in deployment \(deployment) of \(by), on other hosts of the group", place: place,
      fix: "wait for it, then deploy again: lander wait \(deployment)")
  }
}
