import DeployGround
import DeployModel
import Glibc

/// The record of a train in the state folder, `trains/ID.json`, and the right to run the train. The file is replaced as a whole and made
/// durable, so that the newest record is found even after a crash.
final class TrainFile: Sendable {
  let id: Train.ID
  private let folder: String
  /// The lock, which this process holds while it runs the train.
  private let lock: FileLock

  /// - Parameter state: the state folder, which exists.
  /// - Throws: `Problems` if another process runs the train, or if the lock's file cannot be written.
  init(_ id: Train.ID, in state: String) throws(Problems) {
    self.id = id
    folder = state + "/trains"
    mkdir(folder, 0o700)
    let path = "\(folder)/\(id).lock"
    let lock: FileLock?
    do throws(SystemError) { lock = try FileLock(path) } catch { throw StateFile.unwritable(path, error.code) }
    guard let lock else {
      throw Problems(
        Problem("another process of this machine is running train \(id)", fix: "lander cancel \(id) ends it"), exit: .locked)
    }
    self.lock = lock
  }

  /// Returns whether a process runs the train.
  static func isHeld(_ id: Train.ID, in state: String) -> Bool { FileLock.isHeld("\(state)/trains/\(id).lock") }

  /// Returns all trains that were started from here, the newest first. Records that cannot be read are left out.
  static func all(in state: String?) -> [Train] {
    guard let state else { return [] }
    let names = Folder.names(in: state + "/trains").filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
    return names.sorted(by: >).compactMap { StateFile.read("\(state)/trains/\($0)", as: Train.self) }
  }

  /// Returns the train whose id is the word or begins with it, or nil if there is no such train.
  /// - Throws: `Problems` if the word fits several trains.
  static func named(_ word: String, in state: String?) throws(Problems) -> Train? {
    guard Train.ID.isMeant(by: word) else { return nil }
    let found = all(in: state).filter { $0.id.begins(with: word) }
    if found.count > 1, let exact = found.first(where: { $0.id.rawValue == word }) { return exact }
    guard found.count < 2 else {
      throw Problems(
        Problem("\"\(word)\" names \(found.count) trains", fix: "say which: " + found.prefix(6).map(\.id).joined(separator: ", ")))
    }
    guard let train = found.first else {
      throw Problems(Problem("there is no train \"\(word)\" in this state folder", fix: "lander history names the open ones"))
    }
    return train
  }

  /// Returns the train that a word identifies. This is for words that cannot stand for anything else.
  /// - Throws: `Problems` if the word fits no train, or several.
  static func one(_ word: String, in state: String?) throws(Problems) -> Train {
    if let train = try named(word, in: state) { return train }
    throw Problems(Problem("\"\(word)\" is not the id of a train", fix: "lander show \(word) shows a deployment"))
  }

  /// Writes the record. - Throws: `Problems` if it cannot be written. The train then begins nothing more.
  func save(_ train: Train) throws(Problems) { try StateFile.write(train, to: "\(folder)/\(id).json") }

  /// Returns a person's answer to the question that is asked before a group, or nil if there is no answer yet.
  func answer(for group: String) -> Train.Answer? {
    let path = "\(folder)/\(id).answer"
    var status = stat()
    // The file is ignored if another user could have put it there.
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() || status.st_uid == 0 else {
      return nil
    }
    let answer = StateFile.read(path, as: Train.Answer.self)
    return answer?.group.isExactly(group) == true ? answer : nil
  }

  /// Leaves an answer for the process that runs a train. The first answer counts.
  /// - Throws: `Problems` if somebody else has already answered the question, or if the answer cannot be written.
  static func leave(_ answer: Train.Answer, for id: Train.ID, in state: String) throws(Problems) {
    let path = "\(state)/trains/\(id).answer"
    for _ in 0..<3 {
      if try StateFile.write(answer, to: path, onlyIfNone: true) { return }
      guard let earlier = StateFile.read(path, as: Train.Answer.self), earlier.group.isExactly(answer.group) else {
        // That answer was for an earlier question.
        unlink(path)
        continue
      }
      let verb = earlier.approved ? "approved" : "rejected"
      throw Problems(
        Problem(
          "\(earlier.by) \(verb) it already, and the first answer counts", subject: id.rawValue,
          fix: "lander follow \(id) shows how it continues"),
        exit: .refused)
    }
    throw StateFile.unwritable(path)
  }
}
