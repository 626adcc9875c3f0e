import DeployDesk
import DeployHosts
import DeployModel
import FoundationEssentials
import Glibc

/// Finds the processes on this machine that run deployments. These are the processes that hold the claims.
struct ClaimHolders: RunningEngines {
  /// The folder of the claims.
  let claims: String

  /// Returns whether the process of a lock has ended, or nil if this machine cannot know.
  func isGone(_ process: String?) -> Bool? { EngineIdentity.isGone(process) }

  /// Asks the process that runs the last of these deployments to end the deployment in an orderly way. Tries for at most 10 seconds.
  /// Returns the process id, or nil if no process could be asked.
  func tell(_ deployments: [Deployment.ID]) async -> pid_t? {
    let end = ContinuousClock.now + .seconds(10)
    repeat {
      for id in deployments.reversed() {
        guard let found = Self.holder(of: "\(claims)/\(id)") else { continue }
        // A process that has just begun has no handler yet, so the signal would kill it.
        if Self.hears(found), kill(found, SIGUSR1) == 0 { return found }
      }
      try? await Task.sleep(for: .milliseconds(200))
    } while ContinuousClock.now < end
    return nil
  }

  /// Returns the process that runs one of these deployments and is stopped, or nil if no such process is stopped. A traced process counts
  /// as stopped.
  func stopped(_ deployments: [Deployment.ID]) async -> pid_t? {
    for id in deployments.reversed() {
      guard let found = Self.holder(of: "\(claims)/\(id)"), let state = Self.field("State:", of: found)?.first else { continue }
      if state == "T" || state == "t" { return found }
    }
    return nil
  }

  /// Returns the process that has an exclusive lock on a file, or nil if no process of this user has one. The kernel lists the locks of
  /// each descriptor. The kernel's table of all locks is not suitable for two reasons. It is read in parts, so lines are missed if locks
  /// change meanwhile. And the same inode number can belong to files on several file systems.
  private static func holder(of file: String) -> pid_t? {
    var wanted = stat()
    guard stat(file, &wanted) == 0 else { return nil }
    for process in Folder.names(in: "/proc").compactMap({ pid_t($0) }) where process > 1 {
      let isHolder = Folder.names(in: "/proc/\(process)/fd").contains { name in
        var found = stat()
        return stat("/proc/\(process)/fd/\(name)", &found) == 0 && found.st_ino == wanted.st_ino && found.st_dev == wanted.st_dev
          && locks(process, name)
      }
      if isHolder { return process }
    }
    return nil
  }

  /// Returns whether a process has itself locked the file of a descriptor, as in `lock: 1: FLOCK ADVISORY WRITE 1234 08:01:5678 0 EOF`. A
  /// child process that has the descriptor only for a short time does not count.
  private static func locks(_ process: pid_t, _ descriptor: String) -> Bool {
    guard let text = (try? Folder.text(at: "/proc/\(process)/fdinfo/\(descriptor)", isLoose: true)).flatMap({ $0 }) else { return false }
    return text.parts(at: "\n").contains { line in
      let words = line.split { $0 == " " || $0 == "\t" }
      return words.first == "lock:" && words.contains("FLOCK") && words.contains("WRITE") && words.contains("\(process)")
    }
  }

  /// Returns whether a process has a handler for SIGUSR1.
  private static func hears(_ process: pid_t) -> Bool {
    guard let mask = field("SigCgt:", of: process).flatMap({ UInt64($0, radix: 16) }) else { return false }
    return mask & 1 << (UInt64(SIGUSR1) - 1) != 0
  }

  /// Returns a field of the kernel's status of a process, or nil if the process has ended.
  private static func field(_ name: String, of process: pid_t) -> Substring? {
    guard let text = (try? Folder.text(at: "/proc/\(process)/status", isLoose: true)).flatMap({ $0 }),
      let line = text.parts(at: "\n").first(where: { $0.hasPrefix(name) })
    else { return nil }
    return line.dropFirst(name.count).drop { $0 == " " || $0 == "\t" }
  }
}
