import DeployCore
import DeployModel
import Glibc

/// Records, in one file for each running deployment, the commands that engines have begun on their own machine. An engine that resumes a
/// deployment reads from this file which commands have begun, so that none runs twice. It also ends the processes that are still running.
final class EngineClaims: Sendable {
  /// A command that an earlier engine left running.
  struct Left: Hashable {
    /// The command's process group.
    var group: pid_t
    /// The time at which the process that leads the group began, in the kernel's clock ticks since boot.
    var start: String
    /// The mark that identifies processes that left the group.
    var mark: CommandMark
  }
  private struct Book {
    var file: Int32
    /// The intents whose commands earlier engines began here.
    var begun: Set<Int>
    /// All intents up to this one might have been begun on another machine, or by an engine that kept no file.
    var doubtful: Int
  }
  /// The contents of a file.
  private struct Record {
    var begun: Set<Int> = []
    /// The commands that the last engine might have left running on this machine.
    var left: [Left] = []
    /// The number of the deployment's last engine that ran here, counted from 1. Nil if none ran here, or if its version did not record the
    /// number.
    var engine: Int?
    var doubtful = 0
  }
  private let folder: String
  private let books = Guarded<[Deployment.ID: Book]>([:])

  /// - Parameter folder: the folder for the files. The first deployment creates it, and only the owner can read it.
  init(in folder: String) { self.folder = folder }

  /// Opens the file of a deployment.
  /// - Parameter earlier: the engines that ran the deployment before this one, or nil if the deployment is new. If the last of these
  ///   engines left no file here, it is unknown which commands it began.
  /// - Returns: the commands that the last engine left running. There are none if that engine ran on another machine, or if this machine
  ///   has rebooted since.
  func open(_ deployment: Deployment.ID, after earlier: EarlierEngines?) throws(Failure) -> [Left] {
    let path = try path(of: deployment)
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else { throw Temporary.failure("\(folder) cannot be made") }
    let isNew = access(path, F_OK) != 0
    let file = Glibc.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw Temporary.failure("\(path) cannot be opened") }
    give(file)
    let record = Self.read(file, of: deployment)
    let isStranger = earlier.map { isNew || $0.count > record.engine ?? $0.count } ?? false
    let doubtful = isStranger ? max(record.doubtful, earlier?.highestIntent ?? 0) : record.doubtful
    books.with { books in
      if let before = books[deployment] { Glibc.close(before.file) }
      books[deployment] = Book(file: file, begun: record.begun, doubtful: doubtful)
    }
    try write("engine \((earlier?.count ?? 0) + 1) \(doubtful)", of: deployment)
    try write("at \(EngineIdentity.place ?? "nowhere")", of: deployment, durably: true)
    if isNew { Self.keep(folder) }
    return record.left
  }

  /// Returns whether an earlier engine has begun this command, so that its outcome is unknown.
  func wasBegun(_ intent: Int, of deployment: Deployment.ID) -> Bool {
    books.with { books in
      guard let book = books[deployment] else { return false }
      return intent <= book.doubtful || book.begun.contains(intent)
    }
  }

  /// Records on disk that a command begins. The command must not run before this function returns. Does nothing for a deployment whose file
  /// is not open.
  func begin(_ intent: Int, of deployment: Deployment.ID) throws(Failure) {
    try write("begin \(intent)", of: deployment, durably: true)
  }

  /// Records in which process group a command runs. The record need not survive a power cut, because a power cut also ends the command.
  func runs(_ intent: Int, of deployment: Deployment.ID, in group: pid_t) {
    try? write("run \(intent) \(group) \(EngineIdentity.start(of: group) ?? "-")", of: deployment)
  }

  /// Records that a command of this engine has ended.
  func ended(_ intent: Int, of deployment: Deployment.ID) { try? write("end \(intent)", of: deployment) }

  /// Removes the file of a deployment that has ended, because no engine needs it any more.
  func forget(_ deployment: Deployment.ID) {
    guard let book = books.with({ $0.removeValue(forKey: deployment) }) else { return }
    Glibc.close(book.file)
    if let path = try? path(of: deployment) { unlink(path) }
  }

  // MARK: the file

  private func path(of deployment: Deployment.ID) throws(Failure) -> String {
    guard !deployment.rawValue.isEmpty, !deployment.begins(with: "."), !deployment.rawValue.contains("/") else {
      throw Failure(.invalid, "`\(deployment)` cannot be the name of a deployment")
    }
    return "\(folder)/\(deployment)"
  }

  /// Writes one line. A reader sees either the whole line or nothing of it, because it ignores everything after the last line break.
  private func write(_ line: String, of deployment: Deployment.ID, durably: Bool = false) throws(Failure) {
    guard let file = books.with({ $0[deployment]?.file }) else { return }
    let bytes = Array("\(line)\n".utf8)
    let isWritten = Glibc.write(file, bytes, bytes.count) == bytes.count && (!durably || fdatasync(file) == 0)
    guard isWritten || !durably else { throw Temporary.failure("\(folder)/\(deployment) cannot be written") }
  }

  /// Gives a file that root has made to the owner of the state folder, because that user might run the next engine.
  private func give(_ file: Int32) {
    guard geteuid() == 0, let slash = folder.lastIndex(of: "/") else { return }
    var owner = stat()
    guard stat(String(folder[..<slash]), &owner) == 0, owner.st_uid != 0 else { return }
    fchown(file, owner.st_uid, owner.st_gid)
    lchown(folder, owner.st_uid, owner.st_gid)
  }

  private static func keep(_ folder: String) {
    let descriptor = Glibc.open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    Glibc.close(descriptor)
  }

  /// Reads what earlier engines wrote.
  private static func read(_ file: Int32, of deployment: Deployment.ID) -> Record {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = pread(file, &piece, piece.count, off_t(bytes.count))
      guard count > 0 else { break }
      bytes += piece[..<count]
    }
    var record = Record()
    var running: [(intent: Int, left: Left)] = []
    var isHere = false
    for line in String(decoding: bytes, as: UTF8.self).parts(at: "\n", keepingEmpty: true).dropLast() {
      let words = line.split(separator: " ")
      guard let number = words.dropFirst().first.flatMap({ Int($0) }) else {
        if words.first == "at" { isHere = words.dropFirst().joined(separator: " ") == EngineIdentity.place }
        continue
      }
      switch words[0] {
      case "begin": record.begun.insert(number)
      case "engine": (record.engine, record.doubtful) = (number, words.count > 2 ? Int(words[2]) ?? 0 : 0)
      case "run":
        guard words.count == 4, isHere, let group = pid_t(words[2]), group > 1 else { continue }
        running.append((number, Left(group: group, start: String(words[3]), mark: CommandMark(number, of: deployment))))
      case "end": running.removeAll { $0.intent == number }
      default: continue
      }
    }
    record.left = running.map(\.left)
    return record
  }
}

extension EngineClaims.Left {
  /// Whether any process of the command is running.
  var isAlive: Bool { ownsGroup && EngineIdentity.isRunning(group: group) || !mark.processes.isEmpty }

  /// Whether the process group still belongs to the command. It does not if a different process now leads the group.
  private var ownsGroup: Bool { EngineIdentity.start(of: group).map { $0 == start } ?? true }

  func end() {
    if ownsGroup { kill(-group, SIGKILL) }
    mark.signal(SIGKILL)
  }
}
