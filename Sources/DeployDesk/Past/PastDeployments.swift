import DeployCore
package import DeployModel

/// A journal in which people identify a deployment by its id, by the beginning of its id, or as `last`.
package struct PastDeployments: Sendable {
  package let journal: any PastJournal

  package init(_ journal: any PastJournal) { self.journal = journal }

  /// Returns the deployment that a word identifies.
  /// - Throws: if the word fits no deployment, or several.
  package func find(_ word: String) async throws -> DeploymentSummary {
    let all = try await deployments()
    if word == "last", let newest = all.first { return newest }
    let found = all.filter { $0.id.rawValue == word }
    let near = found.isEmpty ? all.filter { $0.id.isMeant(by: word) } : found
    if near.count == 1 { return near[0] }
    if near.isEmpty {
      throw Problems(Problem("there is no deployment \"\(word)\" in this journal", fix: "lander history lists them"))
    }
    throw Problems(
      Problem(
        "\"\(word)\" names \(near.count) deployments",
        fix: "say which: " + near.prefix(6).map(\.id).joined(separator: ", ") + (near.count > 6 ? ", …" : "")))
  }

  /// Whether a word fits at least one deployment of this journal.
  package func knows(_ word: String) async throws -> Bool {
    let all = try await deployments()
    return word == "last" || all.contains { $0.id.rawValue == word || $0.id.isMeant(by: word) }
  }

  /// Returns all entries of a deployment.
  /// - Throws: if the journal is damaged. The entries before the damage are readable, but the deployment cannot be resumed.
  package func entries(of deployment: Deployment.ID) async throws -> [Entry] {
    let reading = try await journal.entries(of: deployment)
    let nonsense = EntrySense.nonsense(in: reading.entries).map { Damage(sequence: $0.sequence, what: $0.what) }
    if let damage = reading.damage ?? nonsense { throw Problems(damage.problem(of: deployment), exit: .infrastructure) }
    return reading.entries
  }
}

extension Damage {
  /// Describes the damage as a problem of the deployment that the journal belongs to.
  package func problem(of deployment: Deployment.ID) -> Problem {
    Problem(
      "the journal of \(deployment) is damaged: entry \(sequence) \(what)",
      fix: "nothing was deleted; lander logs shows what came before, lander status asks the hosts, lander deploy starts anew")
  }
}
