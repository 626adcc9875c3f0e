import DeployModel
import GRDB
import Glibc

/// Opens the SQLite file of a journal, and defines its tables and the messages for its errors.
enum JournalFile {
  /// The version of the tables, stored in `user_version`. A file with a higher version is refused.
  static let layout = 1
  /// How `payload` is encoded: 1 stands for an `Entry` as `CompactJSON`.
  static let coding = 1

  /// `entries.key` is the deployment's number times 2³² plus the entry's sequence, so that the entries of a deployment are together and in
  /// order. The triggers prevent entries from being changed or removed. If entries are changed or removed in another way, the chain shows
  /// it.
  private static let schema = """
    CREATE TABLE IF NOT EXISTS deployments (
      number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, application TEXT NOT NULL, recipe TEXT NOT NULL, "group" TEXT NOT NULL,
      kind TEXT NOT NULL, actor TEXT NOT NULL, bundle TEXT, hosts INTEGER NOT NULL, began INTEGER NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS entries (
      key INTEGER PRIMARY KEY, at INTEGER NOT NULL, coding INTEGER NOT NULL, payload BLOB NOT NULL, chain BLOB NOT NULL) STRICT;
    CREATE TRIGGER IF NOT EXISTS entries_stay_as_they_are BEFORE UPDATE ON entries
      BEGIN SELECT RAISE(ABORT, 'entries of the journal are never changed'); END;
    CREATE TRIGGER IF NOT EXISTS entries_stay BEFORE DELETE ON entries
      BEGIN SELECT RAISE(ABORT, 'entries of the journal are never removed'); END;
    """

  /// Opens the file, or creates it with mode 0600.
  /// - Parameter isDurable: whether every commit survives a power failure.
  static func open(_ path: String, isDurable: Bool = true) throws(Problems) -> DatabaseQueue {
    do {
      // SQLite gives its two additional files the mode of this file.
      if !Disk.exists(path) { _ = try OpenFile(path, O_RDWR | O_CREAT) }
      var configuration = Configuration()
      configuration.busyMode = .timeout(30)
      configuration.label = "journal"
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      try queue.inDatabase { database in
        try prepare(database, path: path, isDurable: isDurable)
      }
      return queue
    } catch let problems as Problems {
      throw problems
    } catch let failure as Failure {
      throw Problems(Problem(failure.message, subject: path, fix: failure.fix), exit: .infrastructure)
    } catch {
      if access(path, R_OK | W_OK) != 0 {
        let owner = "its mode or owner keeps this user from it; nothing is wrong with what is in it"
        throw Problems(
          Problem(
            "the journal cannot be opened: \(owner)", subject: path, fix: "look at it, and give it back to who deploys: ls -l '\(path)'"),
          exit: .refused)
      }
      if let full = noRoom(error) {
        throw Problems(Problem("the journal cannot be opened: \(full.words)", subject: path, fix: full.fix), exit: .infrastructure)
      }
      throw Problems(
        Problem(
          "the journal cannot be opened: \(reason(error))", subject: path,
          fix: "move \(path) away to begin a new one; `lander status` asks the hosts, which remember for themselves"),
        exit: .infrastructure)
    }
  }

  private static func prepare(_ database: Database, path: String, isDurable: Bool) throws {
    let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    guard found <= layout else {
      throw Problems(
        Problem(
          "the journal was written by a newer lander (layout \(found); this one knows \(layout))", subject: path,
          fix: "update lander on this machine, or name another folder with --state"), exit: .refused)
    }
    if isDurable {
      try sync(database, path: path)
    } else {
      try database.execute(sql: "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF")
    }
    guard found < layout else { return }
    try database.inTransaction(.immediate) {
      try database.execute(sql: schema)
      try database.execute(sql: "PRAGMA user_version = \(layout)")
      return .commit
    }
  }

  /// Makes every commit durable.
  private static func sync(_ database: Database, path: String) throws {
    _ = try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL")
    try database.execute(sql: "PRAGMA synchronous = FULL")
    let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode")
    let synchronous = try Int.fetchOne(database, sql: "PRAGMA synchronous")
    guard mode == "wal", synchronous == 2 else {
      throw Problems(
        Problem(
          "the journal would not be durable: journal_mode is \(mode ?? "unknown"), not wal, or synchronous is \(synchronous ?? -1), not 2",
          subject: path, fix: "put the state folder on a local file system with --state"), exit: .infrastructure)
    }
  }

  static func reason(_ error: any Error) -> String {
    guard let error = error as? DatabaseError else { return "\(error)" }
    return error.message ?? "SQLite error \(error.resultCode.rawValue)"
  }

  /// Returns what keeps the file from growing, and what to do about it. Nil if the error has another cause.
  private static func noRoom(_ error: any Error) -> (words: String, fix: String)? {
    let code = (error as? DatabaseError)?.resultCode
    if code == .SQLITE_IOERR || code == .SQLITE_FULL, let limit = fileLimit {
      return ("a file may have at most \(limit.inBytes) here (ulimit -f), or the disk is full", "raise the limit: ulimit -f unlimited")
    }
    return code == .SQLITE_FULL ? (reason(error), "free some space on its file system") : nil
  }

  /// The limit for the size of a file, in bytes, or nil if there is no limit.
  private static var fileLimit: Int? {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(Int.max) else { return nil }
    return Int(limit.rlim_cur)
  }

  static func failure(_ what: String, _ path: String, _ error: any Error) -> Failure {
    if let failure = error as? Failure { return failure }
    let full = noRoom(error)
    return Failure(
      full == nil ? .store : .noSpace, "cannot \(what) the journal \(path): \(full?.words ?? reason(error))",
      fix: full.map { $0.fix + ", then `lander resume`" })
  }

  /// Returns the keys that enclose a deployment's entries: the key of the first requested entry, and the first key after the last entry.
  /// - Throws: damage if no deployment in a journal can have this number.
  static func bounds(of number: Int64, from first: Int = 0) throws(Damage) -> StatementArguments {
    guard (1..<1 << 30).contains(number) else {
      throw Damage(sequence: 0, what: "cannot be found: its deployment has the number \(number)")
    }
    return [key(number, max(0, min(first, Int(UInt32.max)))), key(number + 1, 0)]
  }

  static func key(_ number: Int64, _ sequence: Int) -> Int64 { number << 32 | Int64(sequence) }
  static func sequence(_ key: Int64) -> Int { Int(key & 0xFFFF_FFFF) }
}
