import DeployDesk
import DeployHosts
import DeployModel
import FoundationEssentials
import Glibc

/// The processes of this machine that run deployments: those that hold their claims.
struct ClaimHolders: RunningEngines {
  /// The folder of the claims.
  let claims: String

  /// Whether the process of a lock has ended; nil if this machine cannot know.
  func isGone(_ process: String?) -> Bool? { EngineIdentity.isGone(process) }

  /// The process that holds a claim, from the kernel's table of locks; nil if nobody holds it, or the table does not say who.
  private func process(of deployment: Deployment.ID) -> pid_t? {
    var status = stat()
    guard stat("\(claims)/\(deployment)", &status) == 0,
      let text = try? Folder.text(at: "/proc/locks")
    else { return nil }
    for line in text.parts(at: "\n") {
      // 1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF
      let words = line.split(separator: " ")
      guard words.count > 5, words[1] == "FLOCK", words[3] == "WRITE",
        let inode = words[5].split(separator: ":").last
      else { continue }
      if UInt64(inode) == UInt64(status.st_ino), let process = pid_t(words[4]), process > 1 {
        return process
      }
    }
    return nil
  }

  /// Asks the process that runs the last of these deployments to end it in good order, for at most 5 seconds.
  func tell(_ deployments: [Deployment.ID]) async -> pid_t? {
    for _ in 0..<25 {
      for id in deployments.reversed() {
        guard let found = process(of: id), Self.holds(found, "\(claims)/\(id)") else { continue }
        // A process that has just begun does not listen yet, and would die of the signal.
        if Self.hears(found), kill(found, SIGUSR1) == 0 { return found }
      }
      try? await Task.sleep(for: .milliseconds(200))
    }
    return nil
  }

  /// Whether a process has a file open, whatever its own name: the kernel's table could name one that is gone.
  private static func holds(_ process: pid_t, _ file: String) -> Bool {
    var wanted = stat()
    guard stat(file, &wanted) == 0 else { return false }
    return Folder.names(in: "/proc/\(process)/fd").contains { name in
      var found = stat()
      return stat("/proc/\(process)/fd/\(name)", &found) == 0 && found.st_ino == wanted.st_ino && found.st_dev == wanted.st_dev
    }
  }

  /// Whether a process has a handler for SIGUSR1.
  private static func hears(_ process: pid_t) -> Bool {
    guard let text = (try? Folder.text(at: "/proc/\(process)/status")).flatMap({ $0 }),
      let line = text.parts(at: "\n").first(where: { $0.hasPrefix("SigCgt:") }),
      let mask = UInt64(line.dropFirst("SigCgt:".count).drop { $0 == " " || $0 == "\t" }, radix: 16)
    else { return false }
    return mask & 1 << (UInt64(SIGUSR1) - 1) != 0
  }
}
