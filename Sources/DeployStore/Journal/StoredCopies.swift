package import DeployCore
package import DeployModel

/// Makes copies of this machine's journals for hosts, as compressed JSON.
package struct StoredCopies: JournalCopies {
  private let journal: SQLiteJournal
  private let store: any BundleStore

  package init(_ journal: SQLiteJournal, _ store: any BundleStore) {
    self.journal = journal
    self.store = store
  }

  package func copy(of deployment: Deployment.ID) async throws(Failure) -> JournalCopy {
    let reading = try await journal.entries(of: deployment)
    let entries = reading.entries
    guard reading.damage == nil, case .planned(let plan)? = entries.first?.fact else {
      throw Failure(.store, "the journal of \(deployment) cannot be read as a whole", fix: "lander audit")
    }
    var sources: [[SourceFile]] = []
    for recipe in plan.content.recipes { sources.append(try await store.sources(recipe.sources)) }
    let text: [UInt8]
    do { text = try CompactJSON.encode(Stored(version: 1, entries: entries, sources: sources)) } catch {
      throw Failure(.internal, "the journal of \(deployment) cannot be coded: \(error)")
    }
    guard text.count <= Self.most else {
      throw Failure(.invalid, "the journal of \(deployment) has \(text.count) bytes, and \(Self.most) can be parked")
    }
    var packed: [UInt8] = []
    let writer = try GzipWriter(level: 6) { (bytes: [UInt8]) throws(Failure) in packed += bytes }
    try writer.write(text)
    try writer.finish()
    return JournalCopy(bytes: packed, digest: Digest(of: text))
  }

  package func read(_ bytes: [UInt8]) throws(Failure) -> CopiedJournal {
    var rest: [UInt8]? = bytes
    let unpacking = try Inflate(.gzip, limits: BundleLimits(ratioFrom: Self.most)) { () throws(Failure) in
      defer { rest = nil }
      return rest
    }
    var text: [UInt8] = []
    while let piece = try unpacking.next() {
      text += piece
      guard text.count <= Self.most else { throw Failure(.corrupt, "a host keeps a journal of more than \(Self.most) bytes") }
    }
    do {
      let stored = try CompactJSON.decode(Stored.self, from: text)
      guard stored.version == 1 else {
        throw Failure(.corrupt, "a host keeps a journal in version \(stored.version), which a newer lander reads")
      }
      return CopiedJournal(entries: stored.entries, sources: stored.sources, digest: Digest(of: text))
    } catch let failure as Failure { throw failure } catch {
      throw Failure(.corrupt, "what a host keeps cannot be read as a journal: \(error)")
    }
  }

  private struct Stored: Codable {
    var version: Int
    var entries: [Entry]
    var sources: [[SourceFile]]
  }
  /// The largest size of a journal before compression, in bytes.
  private static let most = 128 << 20
}
