import DeployModel
import FoundationEssentials
import GRDB

/// An entry as the file stores it.
struct StoredEntry {
  var sequence: Int
  var at: Int
  var coding: Int
  var payload: [UInt8]
  var chain: [UInt8]

  /// - Throws: damage if a field is missing, or is of a kind that a journal never writes.
  init(_ row: Row) throws {
    let fields = StoredRow(row)
    guard let key: Int64 = fields[0] else { throw Damage(sequence: 0, what: "has no key") }
    let sequence = JournalFile.sequence(key)
    guard let at: Int = fields[1], let coding: Int = fields[2], let payload = fields.bytes(3), let chain = fields.bytes(4) else {
      throw Damage(sequence: sequence, what: "is not what was written: a field is missing or of another kind")
    }
    (self.sequence, self.at, self.coding, self.payload, self.chain) = (sequence, at, coding, payload, chain)
  }

  private static let columns = "SELECT key, at, coding, payload, chain FROM entries"

  static func last(of number: Int64, in database: Database) throws -> StoredEntry? {
    let bounds = try JournalFile.bounds(of: number)
    return try Row.fetchOne(database, sql: columns + " WHERE key >= ? AND key < ? ORDER BY key DESC LIMIT 1", arguments: bounds)
      .map(StoredEntry.init)
  }

  /// Returns the newest entry whose payload contains a string, or nil if there is none.
  static func last(of number: Int64, holding text: String, in database: Database) throws -> StoredEntry? {
    let sql = columns + " WHERE key >= ? AND key < ? AND instr(payload, ?) > 0 ORDER BY key DESC LIMIT 1"
    return try Row.fetchOne(database, sql: sql, arguments: JournalFile.bounds(of: number) + [Data(text.utf8)]).map(StoredEntry.init)
  }

  /// Visits the entries of a deployment from `first` on, in order, as far as SQLite can read them.
  static func all(
    of number: Int64, from first: Int = 0, in database: Database, _ visit: (StoredEntry) throws -> Void
  ) throws {
    let bounds = try JournalFile.bounds(of: number, from: first)
    let rows = try Row.fetchCursor(database, sql: columns + " WHERE key >= ? AND key < ? ORDER BY key", arguments: bounds)
    while let row = try rows.next() { try visit(StoredEntry(row)) }
  }

  /// Visits, in order, those entries of a deployment whose facts have one of these names.
  static func all(of number: Int64, in database: Database, naming names: [String], _ visit: (StoredEntry) throws -> Void) throws {
    // The payload of an entry begins with the names of its fact.
    let isNamed = names.map { _ in "instr(substr(payload, 1, 120), ?) > 0" }.joined(separator: " OR ")
    let sql = columns + " WHERE key >= ? AND key < ? AND (\(isNamed)) ORDER BY key"
    let wanted = StatementArguments(names.map { Data("\"\($0)\":".utf8) })
    let rows = try Row.fetchCursor(database, sql: sql, arguments: JournalFile.bounds(of: number) + wanted)
    while let row = try rows.next() { try visit(StoredEntry(row)) }
  }

  /// Decodes the entry.
  /// - Throws: damage if this version of Lander cannot read the entry.
  func entry() throws(Damage) -> Entry {
    guard coding <= JournalFile.coding else {
      throw Damage(sequence: sequence, what: "is coded in version \(coding), which only a newer lander reads")
    }
    guard coding > 0 else { throw Damage(sequence: sequence, what: "is coded in version \(coding), which no lander wrote") }
    do {
      let entry = try CompactJSON.decode(Entry.self, from: payload)
      guard entry.sequence == sequence, entry.at.milliseconds == at else {
        throw Damage(sequence: sequence, what: "says that it is entry \(entry.sequence) of \(entry.at.milliseconds)")
      }
      return entry
    } catch let damage as Damage {
      throw damage
    } catch {
      throw Damage(sequence: sequence, what: "cannot be read as an entry: \(error)")
    }
  }
}

/// Checks the chain of one deployment, entry by entry, until the first damage.
struct ChainWalk {
  private(set) var next = 0
  private(set) var chain: [UInt8]

  init(of deployment: Deployment.ID) { chain = ChainHead.start(of: deployment) }

  /// Continues after an entry that is assumed to be undamaged.
  init(after stored: StoredEntry) { (next, chain) = (stored.sequence + 1, stored.chain) }

  mutating func step(_ stored: StoredEntry) throws(Damage) {
    guard stored.sequence == next else {
      throw Damage(sequence: next, what: "is missing: the next one there is entry \(stored.sequence)")
    }
    guard ChainHead.link(chain, stored.payload) == stored.chain else {
      throw Damage(sequence: next, what: "is not what was written: its content does not fit the chain")
    }
    chain = stored.chain
    next += 1
  }
}
