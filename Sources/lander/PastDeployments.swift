import DeployCore
import DeployModel
import DeployReport
import DeployStore

/// The journal as commands read it: deployments by id, by the beginning of one, or `last`.
struct PastDeployments {
  let journal: SQLiteJournal

  /// The journal of a project; nil where nothing was ever deployed from here.
  static func open(_ options: ProjectOptions) throws -> PastDeployments? {
    guard let folder = try options.existingStateFolder() else { return nil }
    return PastDeployments(journal: try SQLiteJournal(in: try StateDirectory(folder)))
  }

  /// The one deployment that a word names.
  /// - Throws: where there is none, or more than one.
  func find(_ word: String) async throws -> DeploymentSummary {
    let all = try await journal.deployments()
    if word == "last", let newest = all.first { return newest }
    let found = all.filter { $0.id == word }
    let near =
      found.isEmpty ? all.filter { $0.id.hasPrefix(word) || $0.id.hasSuffix("-" + word) } : found
    if near.count == 1 { return near[0] }
    if near.isEmpty {
      throw Problems(
        Problem(
          "there is no deployment \"\(word)\" in this journal", fix: "lander history lists them"))
    }
    throw Problems(
      Problem(
        "\"\(word)\" names \(near.count) deployments",
        fix: "say which: " + near.prefix(6).map(\.id).joined(separator: ", ")))
  }

  /// All entries of a deployment.
  /// - Throws: where its journal is damaged: it can be read up to the break, and not be resumed.
  func entries(of deployment: Deployment.ID) async throws -> [Entry] {
    let reading = try await journal.entries(of: deployment)
    let nonsense = EntrySense.nonsense(in: reading.entries).map { Damage(sequence: $0.sequence, what: $0.what) }
    if let damage = reading.damage ?? nonsense {
      throw Problems(PastDeployments.problem(damage, of: deployment), exit: .infrastructure)
    }
    return reading.entries
  }

  static func problem(_ damage: Damage, of deployment: Deployment.ID) -> Problem {
    Problem(
      "the journal of \(deployment) is damaged: entry \(damage.sequence) \(damage.what)",
      fix:
        "nothing was deleted; lander logs shows what came before, lander status asks the hosts, lander deploy starts anew"
    )
  }
}

extension DeploymentSummary {
  /// As a line of the history.
  var line: HistoryLine {
    let verb =
      switch kind {
      case .deploy: ""
      case .rollback: "rollback of "
      }
    let (word, style, next): (String, Surface.Style, String?) =
      switch state {
      case .running: ("running", .warn, nil)
      case .interrupted: ("interrupted", .warn, "lander resume \(id)")
      case .damaged: ("damaged", .bad, "lander audit \(id)")
      case .concluded(.succeeded): ("succeeded", .good, nil)
      case .concluded(let status): (status.rawValue, status == .cancelled ? .warn : .bad, nil)
      }
    return HistoryLine(
      id: id, began: began,
      what: verb + (recipe == application ? recipe : "\(recipe) of \(application)"), group: group,
      revision: bundle?.short ?? "", hosts: hosts, actor: actor, state: word, style: style,
      next: next)
  }
}
