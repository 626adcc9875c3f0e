import DeployModel
import FoundationEssentials
import GRDB

/// The end of a deployment's hash chain.
struct ChainHead: Sendable {
  /// The sequence of the next entry.
  var next: Int
  /// The newest link of the chain, as 32 bytes: the SHA-256 of the previous link followed by the newest payload.
  var chain: [UInt8]
  var isConcluded: Bool

  /// Returns the link before the first entry. It contains the deployment's id, so the chain belongs to this deployment only.
  static func start(of deployment: Deployment.ID) -> [UInt8] {
    var hash = Sha256()
    hash.update(Array("lander journal 1\n\(deployment)\n".utf8))
    return hash.raw
  }

  static func link(_ chain: [UInt8], _ payload: [UInt8]) -> [UInt8] {
    var hash = Sha256()
    hash.update(chain)
    hash.update(payload)
    return hash.raw
  }

  init(next: Int, chain: [UInt8], isConcluded: Bool) {
    self.next = next
    self.chain = chain
    self.isConcluded = isConcluded
  }

  init(of deployment: Deployment.ID, in database: Database) throws {
    self.init(next: 0, chain: Self.start(of: deployment), isConcluded: false)
    guard let number = try Int64.fetchOne(database, sql: "SELECT number FROM deployments WHERE id = ?", arguments: [deployment.rawValue]),
      let last = try StoredEntry.last(of: number, in: database)
    else { return }
    next = last.sequence + 1
    chain = last.chain
    if case .concluded = try? last.entry().fact { isConcluded = true }
  }
}

/// The entries of one append, encoded and chained, ready to be written.
struct JournalRows: Sendable {
  struct Row: Sendable {
    var at: Int
    var payload: [UInt8]
    var chain: [UInt8]
  }
  var deployment: Deployment.ID
  /// The plan, which lists of deployments need, or nil if entry 0 is not among the entries.
  var plan: Plan?
  var first: Int
  /// The link of the chain before these entries.
  var before: [UInt8]
  var rows: [Row] = []
  /// The end of the chain after these entries.
  var head: ChainHead

  /// - Throws: `internal` if the entries do not continue the existing entries.
  init(_ entries: [Entry], of deployment: Deployment.ID, after head: ChainHead) throws(Failure) {
    self.deployment = deployment
    self.head = head
    first = head.next
    before = head.chain
    rows.reserveCapacity(entries.count)
    for entry in entries { try add(entry) }
  }

  private mutating func add(_ entry: Entry) throws(Failure) {
    func refuse(_ words: String) -> Failure { Failure(.internal, "entry \(entry.sequence) of \(deployment) was not written: \(words)") }
    guard entry.sequence == head.next else { throw refuse("the journal expects entry \(head.next)") }
    guard !head.isConcluded else { throw refuse("the deployment is concluded") }
    switch entry.fact {
    case .planned(let plan):
      guard entry.sequence == 0 else { throw refuse("only entry 0 is a plan") }
      self.plan = plan
    case .concluded: head.isConcluded = true
    default: break
    }
    guard entry.sequence > 0 || plan != nil else { throw refuse("entry 0 is the plan") }
    do {
      let payload = try CompactJSON.encode(entry)
      head.chain = ChainHead.link(head.chain, payload)
      head.next += 1
      rows.append(Row(at: entry.at.milliseconds, payload: payload, chain: head.chain))
    } catch {
      throw refuse("it cannot be coded: \(error)")
    }
  }

  /// Writes the entries. First checks that the preceding entry is in the file and has the link that the new entries continue, because
  /// another process might have written entries in the meantime.
  func insert(into database: Database) throws {
    if let plan { try introduce(plan, to: database) }
    guard let number = try Int64.fetchOne(database, sql: "SELECT number FROM deployments WHERE id = ?", arguments: [deployment.rawValue])
    else {
      throw Failure(.internal, "\(deployment) has no entry 0")
    }
    if first > 0 {
      let key = JournalFile.key(number, first - 1)
      let chain = try Data.fetchOne(database, sql: "SELECT chain FROM entries WHERE key = ?", arguments: [key]).map(Array.init)
      guard chain == before else {
        throw Failure(
          .store, "the journal of \(deployment) is not what it was: another process wrote entry \(first - 1), or somebody changed it")
      }
    }
    let statement = try database.cachedStatement(sql: "INSERT INTO entries (key, at, coding, payload, chain) VALUES (?, ?, ?, ?, ?)")
    for (offset, row) in rows.enumerated() {
      try statement.execute(arguments: [
        JournalFile.key(number, first + offset), row.at, JournalFile.coding, Data(row.payload), Data(row.chain),
      ])
    }
  }

  /// Returns a kind in the form in which the journal's column stores it.
  static func text(of kind: Plan.Kind) throws -> String { String(decoding: try CompactJSON.encode(kind), as: UTF8.self) }

  private func introduce(_ plan: Plan, to database: Database) throws {
    let kind = try Self.text(of: plan.kind)
    try database.execute(
      sql: """
        INSERT INTO deployments (id, application, recipe, "group", kind, actor, bundle, hosts, began) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
      arguments: [
        deployment.rawValue, plan.subject.application, plan.subject.recipe, plan.subject.group, kind, plan.origin.actor, plan.revision?.hex,
        plan.hosts.count, rows[0].at,
      ])
  }
}
