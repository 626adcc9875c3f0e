import DeployCore
import DeployDesk
import DeployGround
import DeployModel
import Glibc

/// The records of alarms in the state folder, `alarms/ID.json`, and the right to watch an alarm. A process that ends loses the right.
struct AlarmFiles: AlarmBook {
  private let folder: String

  /// - Parameter state: the state folder, which exists.
  init(in state: String) { folder = state + "/alarms" }

  func record(of deployment: Deployment.ID) throws(Problems) -> AlarmRecord? {
    let path = path(deployment)
    if let record = StateFile.read(path, as: AlarmRecord.self) { return record }
    guard Folder.exists(path) else { return nil }
    throw Problems(
      Problem("\(path) is no record of an alarm that this lander can read", fix: "move it away; the alarm is then watched anew"),
      exit: .infrastructure)
  }

  func save(_ record: AlarmRecord) throws(Problems) {
    mkdir(folder, 0o700)
    try StateFile.write(record, to: path(record.deployment))
  }

  func claim(_ deployment: Deployment.ID) throws(Problems) -> any DeploymentClaim {
    mkdir(folder, 0o700)
    let path = "\(folder)/\(deployment).lock"
    let lock: FileLock?
    do throws(SystemError) { lock = try FileLock(path) } catch { throw StateFile.unwritable(path, error.code) }
    guard let lock else {
      let process = (try? Folder.text(at: path))?.flatMap { Int32($0.prefix { $0 != "\n" }) }
      throw Problems(
        Problem(
          "the alarm of deployment \(deployment) is watched already, by \(process.map { "process \($0)" } ?? "another process")",
          fix: "lander history shows its state; if that process ends, lander follow \(deployment) --alarm takes over"), exit: .locked)
    }
    let process = "\(getpid())\n"
    ftruncate(lock.descriptor, 0)
    _ = process.withCString { write(lock.descriptor, $0, strlen($0)) }
    return Claim(lock: lock)
  }

  func isWatched(_ deployment: Deployment.ID) -> Bool { FileLock.isHeld("\(folder)/\(deployment).lock") }

  private func path(_ deployment: Deployment.ID) -> String { "\(folder)/\(deployment).json" }

  private struct Claim: DeploymentClaim {
    let lock: FileLock
    func release() { lock.release() }
  }
}
