import DeployCore
import DeployDesk
import DeployModel
import Glibc

/// The records of alarms in the state folder, `alarms/ID.json`, and the right to watch them. The right ends with its process.
struct AlarmFiles: AlarmBook {
  private let folder: String

  /// - Parameter state: the state folder, which is there.
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
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw StateFile.unwritable(path) }
    // Who only looks holds it for a moment.
    for _ in 0..<20 where flock(file, LOCK_EX | LOCK_NB) != 0 { usleep(10_000) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let process = (try? Folder.text(at: path))?.flatMap { Int32($0.prefix { $0 != "\n" }) }
      close(file)
      throw Problems(
        Problem(
          "the alarm of deployment \(deployment) is watched already, by \(process.map { "process \($0)" } ?? "another process")",
          fix: "lander history says how it stands; if that process ends, lander follow \(deployment) --alarm takes over"), exit: .locked)
    }
    let process = "\(getpid())\n"
    ftruncate(file, 0)
    _ = process.withCString { write(file, $0, strlen($0)) }
    return Claim(file: file)
  }

  func isWatched(_ deployment: Deployment.ID) -> Bool {
    let file = open("\(folder)/\(deployment).lock", O_RDWR | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    // Two who look are not in each other's way.
    return flock(file, LOCK_SH | LOCK_NB) != 0
  }

  private func path(_ deployment: Deployment.ID) -> String { "\(folder)/\(deployment).json" }

  private struct Claim: DeploymentClaim {
    let file: Int32
    func release() { close(file) }
  }
}
