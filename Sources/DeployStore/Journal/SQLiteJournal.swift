package import DeployCore
package import DeployModel
import GRDB

/// The journal of one engine machine: an SQLite file to which entries are only appended. Each deployment has a hash chain. Entries are
/// synced before an append returns.
package actor SQLiteJournal: Journal {
  package nonisolated let state: StateDirectory
  let database: DatabaseQueue
  /// The end of the chain of each deployment whose entries were written or whose chain was requested. Entries that are being written are
  /// included.
  private var heads: [Deployment.ID: ChainHead] = [:]
  private var waiting: [Batch] = []
  private var isWriting = false

  /// Entries that are written together, and the callers that wait for them.
  private struct Batch {
    var rows: JournalRows
    var done: CheckedContinuation<Failure?, Never>?
  }

  package init(in state: StateDirectory) throws(Problems) {
    self.state = state
    database = try JournalFile.open(state.journal, isDurable: state.isDurable)
  }

  /// Appends entries, which are durable when this returns. Appends that arrive during a sync share the next sync.
  /// - Throws: `internal` if the entries are out of order, or `store` or `noSpace` if the disk refuses them. In these cases, nothing was
  ///   written.
  package func append(_ entries: [Entry], to deployment: Deployment.ID) async throws(Failure) {
    guard !entries.isEmpty else { return }
    let head = try head(at: deployment)
    let rows = try JournalRows(entries, of: deployment, after: head)
    heads[deployment] = rows.head
    let failure = await write(rows)
    if let failure { throw failure }
  }

  package nonisolated func spool(_ chunk: OutputChunk, of deployment: Deployment.ID) async {
    output.put(chunk, of: deployment)
  }

  /// The whole output of commands, not only the part that outcomes contain.
  package nonisolated var output: Spool { Spool(folder: state.spool) }

  package nonisolated func claim(_ deployment: Deployment.ID) throws(Failure) -> (any DeploymentClaim)? {
    guard Deployment.isName(deployment) else { throw Failure(.invalid, "\"\(deployment)\" is no deployment's id") }
    return try Claim(deployment, in: state.claims)
  }

  /// Returns the newest link of a deployment's chain, for receipts. If there is no entry yet, this is the start of the chain. Returns nil
  /// if the file cannot be read.
  package func head(of deployment: Deployment.ID) -> Digest? { (try? head(at: deployment)).map { Digest(raw: $0.chain) } }

  private func head(at deployment: Deployment.ID) throws(Failure) -> ChainHead {
    if let head = heads[deployment] { return head }
    guard Deployment.isName(deployment) else {
      throw Failure(.invalid, "\"\(deployment)\" is no deployment's id: it may have letters, digits, `-`, `_` and `.`, at most 64")
    }
    do {
      return try database.read { try ChainHead(of: deployment, in: $0) }
    } catch {
      throw JournalFile.failure("read", state.journal, error)
    }
  }

  /// Writes the rows. If another caller is already writing, that caller also writes the rows of all waiting callers.
  private func write(_ rows: JournalRows) async -> Failure? {
    if isWriting {
      return await withCheckedContinuation { waiting.append(Batch(rows: rows, done: $0)) }
    }
    isWriting = true
    defer { isWriting = false }
    let own = await commit([Batch(rows: rows)])
    while !waiting.isEmpty {
      let batches = waiting
      waiting = []
      _ = await commit(batches)
    }
    return own
  }

  /// Writes batches in one transaction. If that fails, each batch is written alone, so that the failure of one deployment does not affect
  /// other deployments.
  private func commit(_ batches: [Batch]) async -> Failure? {
    let path = state.journal
    let all = batches.map(\.rows)
    var failure: Failure?
    do {
      try await database.write { database in for rows in all { try rows.insert(into: database) } }
    } catch {
      failure = JournalFile.failure("write", path, error)
    }
    if failure != nil, batches.count > 1 {
      for batch in batches { _ = await commit([batch]) }
      return nil
    }
    for batch in batches {
      if failure != nil { heads[batch.rows.deployment] = nil }
      batch.done?.resume(returning: failure)
    }
    return failure
  }
}
