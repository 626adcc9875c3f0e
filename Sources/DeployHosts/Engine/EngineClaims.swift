import DeployCore
import DeployModel
import Glibc

/// Commands that engines have begun on their own machine, in one file for each running deployment. An engine that resumes a deployment
/// reads from the file which commands were begun, so that none runs twice, and ends the processes that are left.
final class EngineClaims: Sendable {
  /// A command that an earlier engine left running.
  struct Left: Hashable {
    /// The command's process group.
    var group: pid_t
    /// When the group's first process began, by the kernel's count.
    var start: String
    /// The mark of processes that left the group.
    var mark: CommandMark
  }
  private struct Book {
    var file: Int32
    /// Intents that earlier engines began here.
    var begun: Set<Int>
    /// Intents up to this one may have begun elsewhere, or under an engine that kept no file.
    var doubtful: Int
  }
  /// The contents of a file.
  private struct Record {
    var begun: Set<Int> = []
    /// The commands that the last engine may have left running on this machine.
    var left: [Left] = []
    /// The number of the deployment's last engine here, from 1; nil: its version did not record it, or there was none.
    var engine: Int?
    var doubtful = 0
  }
  private let folder: String
  private let books = Guarded<[Deployment.ID: Book]>([:])

  /// - Parameter folder: the folder, which the first deployment makes, readable by its owner only.
  init(in folder: String) { self.folder = folder }

  /// Opens the file of a deployment.
  /// - Parameter earlier: the engines that ran the deployment before; nil: it begins. If the last of them left no file here, the commands
  ///   that it began are unknown.
  /// - Returns: what that engine left running, if it ran on this machine and since its last boot.
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

  /// Whether an earlier engine has begun this command, so that its end is unknown.
  func wasBegun(_ intent: Int, of deployment: Deployment.ID) -> Bool {
    books.with { books in
      guard let book = books[deployment] else { return false }
      return intent <= book.doubtful || book.begun.contains(intent)
    }
  }

  /// Records durably that a command begins. The command may not run before that. Deployments that are not open are not recorded.
  func begin(_ intent: Int, of deployment: Deployment.ID) throws(Failure) {
    try write("begin \(intent)", of: deployment, durably: true)
  }

  /// Records where a command runs. A power cut that loses this record ends the command, too.
  func runs(_ intent: Int, of deployment: Deployment.ID, in group: pid_t) {
    try? write("run \(intent) \(group) \(EngineIdentity.start(of: group) ?? "-")", of: deployment)
  }

  /// A command of this engine has ended.
  func ended(_ intent: Int, of deployment: Deployment.ID) { try? write("end \(intent)", of: deployment) }

  /// The deployment has ended: nobody asks for it again.
  func forget(_ deployment: Deployment.ID) {
    guard let book = books.with({ $0.removeValue(forKey: deployment) }) else { return }
    Glibc.close(book.file)
    if let path = try? path(of: deployment) { unlink(path) }
  }

  // MARK: the file

  private func path(of deployment: Deployment.ID) throws(Failure) -> String {
    guard !deployment.isEmpty, !deployment.hasPrefix("."), !deployment.contains("/") else {
      throw Failure(.invalid, "`\(deployment)` cannot be the name of a deployment")
    }
    return "\(folder)/\(deployment)"
  }

  /// Writes one line. A reader sees it whole or not at all, because nothing after the last line end counts.
  private func write(_ line: String, of deployment: Deployment.ID, durably: Bool = false) throws(Failure) {
    guard let file = books.with({ $0[deployment]?.file }) else { return }
    let bytes = Array("\(line)\n".utf8)
    let isWritten = Glibc.write(file, bytes, bytes.count) == bytes.count && (!durably || fdatasync(file) == 0)
    guard isWritten || !durably else { throw Temporary.failure("\(folder)/\(deployment) cannot be written") }
  }

  /// Gives a file that root makes to the owner of the state folder, who may run the next engine.
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

  /// What earlier engines wrote.
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
  /// Whether any process of the command runs.
  var isAlive: Bool { ownsGroup && EngineIdentity.isRunning(group: group) || !mark.processes.isEmpty }

  /// Whether the process group still belongs to the command: if another process leads it by now, it does not.
  private var ownsGroup: Bool { EngineIdentity.start(of: group).map { $0 == start } ?? true }

  func end() {
    if ownsGroup { kill(-group, SIGKILL) }
    mark.signal(SIGKILL)
  }
}
