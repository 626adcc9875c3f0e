import DeployModel
import Foundation
import Glibc

/// The record of a train in the state folder, `trains/ID.json`, and the right to run it. It is replaced as a whole and made durable, so
/// that whoever comes after a crash finds the newest one.
final class TrainFile: Sendable {
  let id: Train.ID
  private let folder: String
  /// Held while the process runs the train.
  private let lock: Int32

  /// - Parameter state: the state folder, which is there.
  /// - Throws: `Problems`, of kind `locked` if another process runs the train.
  init(_ id: Train.ID, in state: String) throws(Problems) {
    self.id = id
    folder = state + "/trains"
    mkdir(folder, 0o700)
    let path = "\(folder)/\(id).lock"
    lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard lock >= 0 else { throw Self.unwritable(path) }
    // Who only looks holds it for a moment.
    for _ in 0..<20 where flock(lock, LOCK_EX | LOCK_NB) != 0 { usleep(10_000) }
    if flock(lock, LOCK_EX | LOCK_NB) != 0 {
      close(lock)
      throw Problems(
        Problem("train \(id) is running: another process of this machine is at it", fix: "lander cancel \(id) ends it"), exit: .locked)
    }
  }

  deinit { if lock >= 0 { close(lock) } }

  /// Whether a process runs the train.
  static func isHeld(_ id: Train.ID, in state: String) -> Bool {
    let file = open("\(state)/trains/\(id).lock", O_RDWR | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    // Two who look are not in each other's way.
    return flock(file, LOCK_SH | LOCK_NB) != 0
  }

  /// All trains that were asked for from here, the newest first; what cannot be read is left out.
  static func all(in state: String?) -> [Train] {
    guard let state else { return [] }
    let names = Folder.names(in: state + "/trains").filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
    return names.sorted(by: >).compactMap { read("\(state)/trains/\($0)", as: Train.self) }
  }

  /// The train that a word names: its id, or the beginning of it; nil: none.
  /// - Throws: `Problems` if it names several.
  static func named(_ word: String, in state: String?) throws(Problems) -> Train? {
    guard word.hasPrefix("train-") else { return nil }
    let found = all(in: state).filter { $0.id.hasPrefix(word) }
    if found.count > 1, let exact = found.first(where: { $0.id == word }) { return exact }
    guard found.count < 2 else {
      throw Problems(
        Problem("\"\(word)\" names \(found.count) trains", fix: "say which: " + found.prefix(6).map(\.id).joined(separator: ", ")))
    }
    guard let train = found.first else {
      throw Problems(Problem("there is no train \"\(word)\" in this state folder", fix: "lander history names the open ones"))
    }
    return train
  }

  /// The same where nothing else can be meant.
  /// - Throws: `Problems` if it names none, or several.
  static func one(_ word: String, in state: String?) throws(Problems) -> Train {
    if let train = try named(word, in: state) { return train }
    throw Problems(Problem("\"\(word)\" is no id of a train", fix: "lander show \(word) shows a deployment"))
  }

  /// - Throws: `Problems` if it cannot be written: then nothing more is begun.
  func save(_ train: Train) throws(Problems) { try Self.write(train, to: "\(folder)/\(id).json") }

  /// What a person said to the question before a group; nil: nothing yet.
  func answer(for group: String) -> Train.Answer? {
    let path = "\(folder)/\(id).answer"
    var status = stat()
    // Nothing is believed that another user could have put there.
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() || status.st_uid == 0 else {
      return nil
    }
    let answer = Self.read(path, as: Train.Answer.self)
    return answer?.group.isExactly(group) == true ? answer : nil
  }

  /// Leaves an answer for the process that runs a train. The first one counts.
  /// - Throws: `Problems` if somebody else answered the same question, or it cannot be written.
  static func leave(_ answer: Train.Answer, for id: Train.ID, in state: String) throws(Problems) {
    let path = "\(state)/trains/\(id).answer"
    for _ in 0..<3 {
      if try write(answer, to: path, onlyIfNone: true) { return }
      guard let earlier = read(path, as: Train.Answer.self), earlier.group.isExactly(answer.group) else {
        // Of the question before.
        unlink(path)
        continue
      }
      let verb = earlier.approved ? "approved" : "rejected"
      throw Problems(
        Problem(
          "\(earlier.by) \(verb) it already, and the first answer counts", subject: id,
          fix: "lander follow \(id) shows what becomes of it"),
        exit: .refused)
    }
    throw unwritable(path)
  }

  /// Bytes; a train of a thousand groups has far less.
  private static let most = 4 << 20

  private static func read<T: Decodable>(_ path: String, as type: T.Type) -> T? {
    guard let text = try? Folder.text(at: path, most: most) else { return nil }
    return try? JSONDecoder().decode(type, from: Data(text.utf8))
  }

  /// - Parameter onlyIfNone: keeps a file that is there.
  /// - Returns: false if one was there and was kept.
  @discardableResult
  private static func write(_ value: some Encodable, to path: String, onlyIfNone: Bool = false) throws(Problems) -> Bool {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(value) else { throw unwritable(path) }
    let part = "\(path).\(getpid())"
    let file = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw unwritable(part) }
    let isWhole = data.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) } == data.count && fsync(file) == 0
    close(file)
    if isWhole, onlyIfNone {
      defer { unlink(part) }
      if link(part, path) != 0, errno == EEXIST { return false }
    }
    guard isWhole, onlyIfNone || rename(part, path) == 0 else {
      let problems = unwritable(path)
      unlink(part)
      throw problems
    }
    let folder = open(Folder.parent(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
    return true
  }

  private static func unwritable(_ path: String) -> Problems {
    Problems(
      Problem(
        "\(path) cannot be written: \(String(cString: strerror(errno)))", fix: "look at the permissions and the room of the state folder"),
      exit: .infrastructure)
  }
}
