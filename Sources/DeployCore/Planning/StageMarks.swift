package import DeployModel

/// The marks of stages on a group's hosts, as known before a deployment.
package struct StageMarks: Sendable, Hashable {
  /// What the command's options say about stages, by name.
  struct Overrides {
    /// The stages that have already run for this revision (`--ran`).
    var ran: [String]
    /// The stages that have to run again (`--again`).
    var again: [String]
  }

  /// The marks of all hosts of the group, including hosts that the deployment leaves alone.
  private let all: [StageMark]
  /// Deployments that hold a lock on a selected host. These deployments know the state of their stages themselves.
  private let holders: [Deployment.ID]
  /// Deployments that hold the lock of a host that this deployment leaves alone.
  private let workers: [Deployment.ID]

  /// - Parameters:
  ///   - others: the hosts of the group that the deployment leaves alone, or nil if they were not surveyed.
  ///   - tokens: the tokens of locks that the deployment takes over, because their holders are gone.
  package init(_ surveys: [Survey], beside others: Bystanders? = nil, takingOver tokens: [String?] = []) {
    let states = surveys.compactMap { survey -> HostState? in
      if case .reached(let state) = survey { return state }
      return nil
    }
    all = states.flatMap { $0.marks ?? [] } + (others?.marks ?? [])
    workers = others?.holders ?? []
    holders = states.compactMap(\.lock).filter { lock in !tokens.contains { $0?.isExactly(lock.token) == true } }.compactMap(\.deployment)
  }

  /// The marks, except those of stages that were undone later. Hosts that were unreachable when a stage was undone still have its mark.
  private var standing: [StageMark] {
    let undone = all.filter { $0.state == .undone }
    return all.filter { mark in
      !undone.contains { $0.isAbout(mark.stage, of: mark.revision) && ($0.at > mark.at || $0.at == mark.at && mark.state != .undone) }
    }
  }

  /// Returns a recipe's stages, each with what the marks say about it.
  /// - Parameter begun: the stopped deployment that this deployment completes. Stages that ran in the stopped deployment do not run again,
  ///   even if they usually run in every deployment. Nil means that this deployment completes none.
  /// - Throws: an error if an option names a stage that does not exist or keeps no mark, or if the outcome of a stage is unknown.
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
        // Deployments to different hosts hold different locks, so both can be running.
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

  /// Returns the irreversible stages that began after the goal of the rollback had been deployed, newest first.
  /// - Parameters:
  ///   - despite: the stages that `--despite` names.
  ///   - more: the names of other stages that prevent the rollback, for the proposed command.
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

  /// Returns options that name every stage that the rollback will not undo, so that a proposed command is complete. These stages are the
  /// irreversible stages, the stages in `more`, and those of the typed stages that prevent the rollback.
  func despite(_ typed: [String], and more: [String], goingTo goal: Receipt) -> String {
    let between = newestFirst(since: goal)
    let known = between + undoable(behind: goal)
    let given = typed.filter { name in known.contains { $0.isNamed(in: [name]) } }
    return Self.despite(given + between.filter { !$0.isNamed(in: given) }.map(\.stage) + more)
  }

  /// Returns the options that name these stages, each once and in order, and each preceded by a space.
  static func despite(_ names: [String]) -> String {
    let distinct = names.reduce(into: [String]()) { known, name in
      if !known.contains(where: { $0.isExactly(name) }) { known.append(name) }
    }
    return distinct.map { " --despite \($0.shellWord)" }.joined()
  }

  /// Returns the marks of stages that have an undo and that ran after the goal of the rollback had been deployed, newest first, each stage
  /// once.
  func undoable(behind goal: Receipt) -> [StageMark] {
    let later = standing.filter { mark in
      mark.undo != nil && mark.state != .undone && mark.at > goal.origin && mark.revision != goal.inputs.bundle
    }
    return later.sorted { $0.at > $1.at }.reduce(into: []) { found, mark in
      guard let same = found.firstIndex(where: { $0.isAbout(mark.stage, of: mark.revision) }) else { return found.append(mark) }
      // If two hosts have different marks, *undoing* is newer than any other mark, and *begun* is older than the mark of a stage that has
      // ended.
      if mark.state == .undoing || found[same].state == .begun { found[same] = mark }
    }
  }

  /// Returns the newest irreversible stage that prevents a failed deployment from rolling its hosts back, or nil if none does. Slots are
  /// rolled back in any case, because they get no traffic.
  func behind(_ hosts: [HostPlan]) -> String? {
    let goals = hosts.filter { $0.action == .change && $0.host.slot == nil }.compactMap { $0.back ?? $0.previous }
    return goals.compactMap { newestFirst(since: $0).first }.max { $0.at < $1.at }?.stage
  }

  /// Returns the irreversible stages that began for another revision after this receipt was written, without duplicates.
  private func newestFirst(since goal: Receipt) -> [StageMark] {
    let later = all.filter { $0.isIrreversible && $0.at > goal.at && $0.revision != goal.inputs.bundle }.sorted { $0.at > $1.at }
    return later.reduce(into: []) { found, mark in
      if !found.contains(where: { $0.stage.isExactly(mark.stage) }) { found.append(mark) }
    }
  }
}

extension StageMark {
  /// The stage and its revision in the form that `--despite` accepts: `migrate@3f2a91c4d5e6`.
  package var ofRevision: String { "\(stage)@\(revision.short)" }

  /// Whether `--despite` names the stage: by its name alone, or by its name and the beginning of the revision.
  package func isNamed(in names: [String]) -> Bool {
    names.contains { name in
      if name.isExactly(stage) { return true }
      guard let at = name.lastIndex(of: "@"), String(name[..<at]).isExactly(stage) else { return false }
      let start = name[name.index(after: at)...]
      return start.utf8.count >= Self.shortest && revision.hex.hasPrefix(start)
    }
  }
  /// The smallest number of digits with which a name can identify a revision.
  private static let shortest = 6

  /// Returns the problem that another deployment is running the stage now on other hosts of the group.
  fileprivate func isUnderWay(_ place: SourcePlace?) -> Problem {
    Problem(
      "stage \"\(stage)\" runs for this revision in deployment \(deployment) of \(by), on other hosts of the group", place: place,
      fix: "wait for it, then deploy again: lander wait \(deployment)")
  }
}
