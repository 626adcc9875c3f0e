package import DeployModel
import FoundationEssentials
import GRDB

extension SQLiteJournal {
  /// Returns, in order, the entries that say who made a deployment, why, and in which state the deployment left its hosts. Other entries
  /// are not decoded, and unreadable ones are left out.
  package nonisolated func outline(of deployment: Deployment.ID) async throws(Failure) -> [Entry] {
    try await read { database in
      guard let number = try Self.number(of: deployment, in: database) else { return [] }
      var entries: [Entry] = []
      _ = try Self.damage(next: 0) {
        try StoredEntry.all(of: number, in: database, naming: Entry.outlineNames) { stored in
          if let entry = try? stored.entry(), entry.isOutline { entries.append(entry) }
        }
      }
      return entries
    }
  }
}
