package import DeployCore
package import DeployModel

/// Reads journals. Engines append to them through `Journal`.
package protocol PastJournal: Journal {
  /// Returns all deployments, newest first. Every journal's digests are checked, so damaged journals are found.
  func deployments() async throws(Failure) -> [DeploymentSummary]
  /// Returns the entries of a deployment up to the first damage. The result has no entries if the deployment is not in the journal.
  func entries(of deployment: Deployment.ID) async throws(Failure) -> JournalReading
  /// Returns the entries of a deployment from a given number on. The caller has already read the earlier entries.
  /// - Parameter first: the number of the first entry to read, or 0 for all entries.
  func entries(of deployment: Deployment.ID, from first: Int) async throws(Failure) -> JournalReading
  /// Returns the entries that say who made a deployment, why, and how it ended, in order. Unreadable entries are left out.
  func outline(of deployment: Deployment.ID) async throws(Failure) -> [Entry]
  /// Checks the digests of one deployment's journal, or of all journals if the id is nil.
  func verify(_ deployment: Deployment.ID?) async throws(Failure) -> [ChainVerdict]
  /// Returns the number of the entry with this digest, or nil if the journal has no such entry.
  func sequence(of chain: Digest, in deployment: Deployment.ID) async throws(Failure) -> Int?
  /// Returns what one command wrote to a stream, from a given offset on. The result is empty if nothing was stored.
  /// - Parameter limit: the largest number of bytes to read.
  func output(
    of deployment: Deployment.ID, place: Place, intent: Int, stream: OutputChunk.Stream, from offset: Int, limit: Int
  ) throws(Failure) -> [UInt8]
}
