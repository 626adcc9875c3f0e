package import DeployCore
package import DeployModel

/// The journal for readers. Engines append to it through `Journal`.
package protocol PastJournal: Journal {
  /// All deployments, the newest first. Every chain is followed, so damaged ones are found.
  func deployments() async throws(Failure) -> [DeploymentSummary]
  /// Entries of a deployment up to the first damage; no entries if the journal does not know the deployment.
  func entries(of deployment: Deployment.ID) async throws(Failure) -> JournalReading
  /// The entries of a deployment from a number on, for a reader that has seen the earlier entries.
  /// - Parameter first: the number of the first entry to read; 0: all entries.
  func entries(of deployment: Deployment.ID, from first: Int) async throws(Failure) -> JournalReading
  /// The entries of a deployment that say who made it, why, and what it left, in their order. Unreadable entries are left out.
  func outline(of deployment: Deployment.ID) async throws(Failure) -> [Entry]
  /// Verifies the chain of one deployment, or of all (nil).
  func verify(_ deployment: Deployment.ID?) async throws(Failure) -> [ChainVerdict]
  /// Sequence of the entry after which a deployment's chain was `chain`; nil: the journal never had it.
  func sequence(of chain: Digest, in deployment: Deployment.ID) async throws(Failure) -> Int?
  /// What one command wrote to a stream, from an offset on; empty if nothing was kept.
  /// - Parameter limit: the most bytes to read.
  func output(
    of deployment: Deployment.ID, place: Place, intent: Int, stream: OutputChunk.Stream, from offset: Int, limit: Int
  ) throws(Failure) -> [UInt8]
}
