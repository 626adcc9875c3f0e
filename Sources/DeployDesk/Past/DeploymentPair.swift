package import DeployModel

/// A deployment and the rollback that its failure caused. For people, the two are one thing, which they resume, cancel and judge as a
/// whole.
package struct DeploymentPair: Sendable, Hashable {
  package enum State: Sendable, Hashable { case running, interrupted, superseded, concluded, damaged }

  /// The deployment that somebody started, or the rollback if that deployment is not in the journal.
  package var first: DeploymentSummary
  /// The rollback that followed the deployment, or nil if none was needed or it has not begun.
  package var back: DeploymentSummary?

  package init(first: DeploymentSummary, back: DeploymentSummary? = nil) {
    self.first = first
    self.back = back
  }

  package var members: [DeploymentSummary] { [first] + (back.map { [$0] } ?? []) }

  /// The state of the pair. Until the rollback has ended, this is the state of the rollback.
  package var state: State {
    let states = members.map(\.state)
    if states.contains(.running) { return .running }
    if states.last == .interrupted { return .interrupted }
    if case .superseded? = states.last { return .superseded }
    return states.contains { if case .damaged = $0 { true } else { false } } ? .damaged : .concluded
  }

  /// Why a superseded pair cannot be resumed, or nil if the pair was not superseded.
  package var superseded: Problem? {
    guard let last = members.last, case .superseded(let by) = last.state else { return nil }
    if last.isElsewhere {
      return Problem(
        "\(last.kind.words.named(last.id)) is over: its hosts keep it no more, as somebody ended it from elsewhere or took its locks away",
        fix: "lander status\(GroupName(last.group).option) shows what each host runs now")
    }
    let newer = by.map { "deployment \($0)" } ?? "a newer deployment"
    return Problem(
      "\(last.kind.words.named(last.id)) was interrupted, and \(newer) has taken over its hosts since: "
        + "nothing of it is left to resume or take back",
      fix: "lander status\(GroupName(last.group).option) shows what each host runs now")
  }

  /// Throws a problem if the pair was superseded.
  package func refuseSuperseded() throws(Problems) {
    if let superseded { throw Problems(superseded, exit: .locked) }
  }

  /// Returns all pairs of a journal, ordered by their newest members.
  package static func all(_ deployments: [DeploymentSummary]) -> [DeploymentPair] {
    var pairs: [DeploymentPair] = []
    for deployment in deployments where !pairs.contains(where: { $0.first.id == deployment.id }) {
      guard case .rollback(of: let failed?) = deployment.kind, let first = deployments.first(where: { $0.id == failed }) else {
        pairs.append(DeploymentPair(first: deployment))
        continue
      }
      if !pairs.contains(where: { $0.first.id == failed }) { pairs.append(DeploymentPair(first: first, back: deployment)) }
    }
    return pairs
  }
}

extension PastDeployments {
  /// Returns the pair that contains the named deployment. Without a name, returns the only pair in one of these states.
  /// - Throws: if there is no such pair, if several match, or if the pair's journal is damaged.
  package func pair(_ word: String?, or states: [DeploymentPair.State]) async throws -> DeploymentPair {
    let all = DeploymentPair.all(try await deployments())
    var found: DeploymentPair?
    if let word {
      let id = try await find(word).id
      found = all.first { $0.members.contains { $0.id == id } }
    } else {
      let meant = all.filter { states.contains($0.state) }
      guard meant.count < 2 else { throw Problems(Self.several(meant), exit: .refused) }
      found = meant.first
    }
    guard let pair = found else {
      throw Problems(Problem("no deployment made from here is open: all have ended", fix: "lander history lists them"))
    }
    for member in pair.members where pair.state == .damaged {
      if case .damaged(let damage) = member.state { throw Problems(damage.problem(of: member.id), exit: .infrastructure) }
    }
    return pair
  }

  /// Returns the pair that contains a deployment.
  /// - Throws: if the journal has no such deployment, or the pair's journal is damaged.
  package func pair(of deployment: Deployment.ID) async throws -> DeploymentPair { try await pair(deployment.rawValue, or: []) }

  /// Returns the problem that several pairs match. The newest pair is not chosen silently, because it might belong to another team.
  private static func several(_ pairs: [DeploymentPair]) -> Problem {
    let names = pairs.prefix(8).map { pair in
      let words = pair.first.kind.words
      let task = words.task.map { "\($0) of " } ?? ""
      let what = "\(task)\(pair.first.recipe) \(words.preposition) \(GroupName(pair.first.group).words)"
      return
        "\(pair.first.id)  \(what), \(pair.state == .running ? "running" : "interrupted")\(pair.back == nil ? "" : ", on its way back")"
    }
    return Problem(
      "\(pairs.count) deployments made from here have not ended, and nothing says which one is meant",
      fix: "say its id:\n" + names.joined(separator: "\n") + (pairs.count > 8 ? "\n… (lander history)" : ""))
  }
}
