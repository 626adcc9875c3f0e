package import DeployModel

/// What is known, before a deployment, of stages that hosts remember.
package struct StageMarks: Sendable, Hashable {
  /// All marks that hosts of the group told of, also those that the deployment leaves alone.
  let all: [StageMark]
  /// Deployments that have a lock: they know themselves how their stages stand.
  private let holders: [Deployment.ID]

  package init(_ surveys: [Survey], beside others: [StageMark] = []) {
    let states = surveys.compactMap { survey -> HostState? in
      if case .reached(let state) = survey { return state }
      return nil
    }
    all = states.flatMap { $0.marks ?? [] } + others
    holders = states.compactMap { $0.lock?.deployment }
  }

  /// The stages of a recipe with what is known of each.
  /// - Parameters:
  ///   - ran: names of stages that whoever deploys says are done for this revision.
  ///   - again: of those to run again.
  /// - Throws: names that are of no such stage, and stages of which nobody knows whether they came to their end.
  func settle(_ stages: [Stage], of recipe: Recipe, _ revision: Digest, ran: [String], again: [String]) throws(Problems) -> [Stage] {
    var problems = Self.strays(ran + again, stages, recipe)
    let settled = stages.map { stage -> Stage in
      guard case .script(let name, let summary, let function, let when, let place, var terms?) = stage, terms.once == .revision else {
        return stage
      }
      let marks = all.filter { $0.isAbout(name, of: revision) }
      if again.contains(where: { $0.isExactly(name) }) {
        terms.settled = .again
      } else if ran.contains(where: { $0.isExactly(name) }) {
        terms.settled = .told
      } else if let done = marks.first(where: { $0.state == .done }) {
        terms.settled = .ran(done)
      } else if let begun = marks.first(where: { $0.state == .begun && !holders.contains($0.deployment) }) {
        let lost = begun.lost(recipe: recipe.name)
        problems.append(Problem(lost.message, place: place, fix: lost.fix))
      }
      return .script(name: name, summary: summary, function: function, when: when, place: place, terms: terms)
    }
    if !problems.isEmpty { throw Problems(problems, exit: problems.contains { $0.place == nil } ? .usage : .refused) }
    return settled
  }

  private static func strays(_ names: [String], _ stages: [Stage], _ recipe: Recipe) -> [Problem] {
    let known = stages.filter { $0.terms?.once == .revision }.map(\.name)
    return names.filter { name in !known.contains { $0.isExactly(name) } }.map { name in
      Problem(
        "recipe \"\(recipe.name)\" has no stage \"\(name)\" that runs once for each revision", subject: name,
        fix: NearMatch.hint(name, among: known)
          ?? (known.isEmpty ? "leave it out: every stage runs in each deployment" : "its stages are: \(known.joined(separator: ", "))"))
    }
  }

  /// Stages that cannot be undone and began after the release came to its host that a rollback would go to, the newest first.
  /// - Parameter despite: names of those that whoever goes back knows of.
  package func inTheWay(to goal: Receipt, despite: [String], typed: String) -> [Problem] {
    var told: [String] = []
    return all.filter { $0.isIrreversible && $0.at > goal.at && $0.revision != goal.inputs.bundle }.sorted { $0.at > $1.at }.compactMap {
      mark in
      guard !told.contains(where: { $0.isExactly(mark.stage) }), !despite.contains(where: { $0.isExactly(mark.stage) }) else { return nil }
      told.append(mark.stage)
      return Problem(
        "stage \"\(mark.stage)\" cannot be undone, and ran for revision \(mark.revision) in deployment \(mark.deployment) of \(mark.by), "
          + "after release \(goal.release.id) came there",
        fix: "deploy a revision that works with what it did; if that release does too: lander rollback \(typed) --despite \(mark.stage)")
    }
  }
}
