package import DeployModel
import GRDB

extension SQLiteJournal {
  /// Returns the entries of a deployment up to the first damage, or none if the journal does not contain the deployment.
  package nonisolated func entries(of deployment: Deployment.ID) async throws(Failure) -> JournalReading {
    try await read { database in
      var reading = JournalReading(deployment: deployment, entries: [])
      guard let number = try Self.number(of: deployment, in: database) else { return reading }
      var walk = ChainWalk(of: deployment)
      reading.damage = try Self.damage(next: reading.entries.count) {
        try StoredEntry.all(of: number, in: database) { stored in
          try walk.step(stored)
          reading.entries.append(try stored.entry())
        }
      }
      return reading
    }
  }

  /// Returns the entries from `first` on, for a reader that has seen the earlier entries. The entry before `first` is assumed to be
  /// undamaged.
  package nonisolated func entries(of deployment: Deployment.ID, from first: Int) async throws(Failure) -> JournalReading {
    guard first > 0 else { return try await entries(of: deployment) }
    return try await read { database in
      var reading = JournalReading(deployment: deployment, entries: [])
      guard let number = try Self.number(of: deployment, in: database) else { return reading }
      var walk: ChainWalk?
      reading.damage = try Self.damage(next: first + reading.entries.count) {
        try StoredEntry.all(of: number, from: first - 1, in: database) { stored in
          guard var known = walk else {
            guard stored.sequence == first - 1 else { throw Damage(sequence: first - 1, what: "is missing") }
            walk = ChainWalk(after: stored)
            return
          }
          try known.step(stored)
          walk = known
          reading.entries.append(try stored.entry())
        }
        if walk == nil { throw Damage(sequence: first - 1, what: "is missing") }
      }
      return reading
    }
  }

  /// Returns all deployments, the newest first. Every chain is checked, so damaged chains are found. Entries between the first and the last
  /// are not decoded.
  package nonisolated func deployments() async throws(Failure) -> [DeploymentSummary] {
    let claims = state.claims
    return try await read { database in
      let rows = try Row.fetchAll(database, sql: "SELECT * FROM deployments ORDER BY number DESC")
      return try rows.map { try Self.summary($0, in: database, claims: claims) }
    }
  }

  /// Checks every chain, or the chain of one deployment, for `lander audit`.
  package nonisolated func verify(_ deployment: Deployment.ID? = nil) async throws(Failure) -> [ChainVerdict] {
    try await read { database in
      let rows = try Row.fetchAll(database, sql: "SELECT number, id FROM deployments ORDER BY number")
      return try rows.compactMap { row -> ChainVerdict? in
        let fields = StoredRow(row)
        guard let known: String = fields["id"], let number: Int64 = fields["number"] else {
          let verdict = ChainVerdict(
            deployment: Deployment.ID(fields["id"] ?? "?"), entries: 0, head: Digest(hex: ""), damage: Self.strangeRow)
          return deployment == nil ? verdict : nil
        }
        let id = Deployment.ID(known)
        guard deployment == nil || deployment == id else { return nil }
        return try Self.follow(id, number: number, in: database).verdict
      }
    }
  }

  /// Returns the number of the entry at which a deployment's chain had the digest `chain`, or nil if there is no such entry. Receipts on
  /// hosts state such digests.
  package nonisolated func sequence(of chain: Digest, in deployment: Deployment.ID) async throws(Failure) -> Int? {
    try await read { database in
      guard let number = try Self.number(of: deployment, in: database) else { return nil }
      var found: Int?
      // An unreadable entry counts as not found. `verify` reports the damage.
      _ = try Self.damage(next: 0) {
        try StoredEntry.all(of: number, in: database) { if Digest(raw: $0.chain) == chain { found = $0.sequence } }
      }
      return found
    }
  }

  static func number(of deployment: Deployment.ID, in database: Database) throws -> Int64? {
    try Int64.fetchOne(database, sql: "SELECT number FROM deployments WHERE id = ?", arguments: [deployment.rawValue])
  }

  /// Runs a walk over entries and returns the damage that the walk found, or nil if there is none. The walk can also fail because SQLite
  /// itself finds damage, such as a page that it cannot read.
  static func damage(next: @autoclosure () -> Int, _ walk: () throws -> Void) throws -> Damage? {
    do {
      try walk()
      return nil
    } catch let damage as Damage {
      return damage
    } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_IOERR {
      return Damage(sequence: next(), what: "cannot be read from the file: \(JournalFile.reason(error))")
    }
  }

  private static func follow(
    _ id: Deployment.ID, number: Int64, in database: Database
  ) throws -> (
    verdict: ChainVerdict, last: StoredEntry?
  ) {
    var walk = ChainWalk(of: id)
    var first: StoredEntry?
    var last: StoredEntry?
    var damage = try damage(next: walk.next) {
      try StoredEntry.all(of: number, in: database) { stored in
        try walk.step(stored)
        if first == nil { first = stored }
        last = stored
      }
      _ = try last?.entry()
    }
    if damage == nil, first == nil { damage = Damage(sequence: 0, what: "is missing: no entry is left") }
    return (ChainVerdict(deployment: id, entries: walk.next, head: Digest(raw: walk.chain), damage: damage), last)
  }

  private static let strangeRow = Damage(sequence: 0, what: "cannot be found: the list of deployments is damaged")

  private static func summary(_ row: Row, in database: Database, claims: String) throws -> DeploymentSummary {
    let fields = StoredRow(row)
    let known: String? = fields["id"]
    let id = Deployment.ID(known ?? "?")
    var (verdict, last): (ChainVerdict, StoredEntry?) = (
      ChainVerdict(deployment: id, entries: 0, head: Digest(hex: ""), damage: strangeRow), nil
    )
    if known != nil, let number: Int64 = fields["number"] { (verdict, last) = try follow(id, number: number, in: database) }
    let names = ["application", "recipe", "group", "actor", "kind"].map { fields[$0] as String? }
    let numbers = ["hosts", "began"].map { fields[$0] as Int? }
    if names.contains(nil) || numbers.contains(nil) { verdict.damage = verdict.damage ?? strangeRow }
    let kind = names[4].flatMap { try? CompactJSON.decode(Plan.Kind.self, from: Array($0.utf8)) }
    var (state, notRestored, isElsewhere) = (DeploymentSummary.State.interrupted, 0, false)
    if let damage = verdict.damage {
      state = .damaged(damage)
    } else if case .concluded(let conclusion) = try last?.entry().fact, try kind != .deploy || !owes(conclusion, id, in: database) {
      state = .concluded(conclusion.status)
      (notRestored, isElsewhere) = (conclusion.hosts.count(where: \.isRestoreFailed), conclusion.isElsewhere == true)
    } else if Claim.isHeld(id, in: claims) {
      state = .running
    }
    let pause = [.running, .interrupted].contains(state) ? try self.pause(of: fields["number"], in: database) : nil
    let began = numbers[1] ?? 0
    var summary = DeploymentSummary(
      id: id, application: names[0] ?? "?", recipe: names[1] ?? "?", group: names[2] ?? "?", kind: kind ?? .deploy, actor: names[3] ?? "?",
      bundle: (fields["bundle"] as String?).map(Digest.init(hex:)), hosts: numbers[0] ?? 0, began: Timestamp(milliseconds: began),
      lastEntry: Timestamp(milliseconds: last?.at ?? began), entries: verdict.entries, state: state, pause: pause)
    (summary.notRestored, summary.isElsewhere) = (notRestored, isElsewhere)
    if state == .interrupted { summary.parked = try parked(of: fields["number"], in: database) }
    return summary
  }

  /// Returns the time until which hosts keep the parked deployment, according to the newest note about parking. Nil if an engine has
  /// resumed the deployment or begun to resume it.
  private static func parked(of number: Int64?, in database: Database) throws -> Timestamp? {
    guard let number, let last = try StoredEntry.last(of: number, holding: #""noted":{"_0":{"parked":"#, in: database),
      let entry = try? last.entry(), case .noted(.parked(let until?)) = entry.fact
    else { return nil }
    let begun = try StoredEntry.last(of: number, holding: #""happened":{"_0":{"unparks":"#, in: database)
    return begun.map { $0.sequence < last.sequence } ?? true ? until : nil
  }

  /// Returns the pause in the newest note about pauses, or nil if the deployment is not paused.
  private static func pause(of number: Int64?, in database: Database) throws -> Pause? {
    guard let number, let last = try StoredEntry.last(of: number, holding: #""noted":{"_0":{"paused":"#, in: database),
      let entry = try? last.entry(), case .noted(.paused(let message?)) = entry.fact
    else { return nil }
    return Pause(message, since: entry.at)
  }

  /// Returns whether a deployment ended with hosts to roll back or stages to undo, but its rollback never began because the engine died
  /// first.
  private static func owes(_ conclusion: Conclusion, _ id: Deployment.ID, in database: Database) throws -> Bool {
    guard conclusion.owesWayBack else { return false }
    let kind = try JournalRows.text(of: .rollback(of: id))
    return try Bool.fetchOne(database, sql: "SELECT 1 FROM deployments WHERE kind = ?", arguments: [kind]) == nil
  }

  nonisolated func read<T: Sendable>(_ body: @escaping @Sendable (Database) throws -> T) async throws(Failure) -> T {
    do {
      return try await database.read(body)
    } catch {
      throw JournalFile.failure("read", state.journal, error)
    }
  }
}
