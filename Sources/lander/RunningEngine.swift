import DeployCore
import DeployModel
import DeployStore
import FoundationEssentials
import Glibc

/// The process of this machine that runs a deployment: the one that holds its claim.
enum RunningEngine {
  /// Its id, from the kernel's table of locks; nil where nobody holds the claim, or the table does not say who.
  static func process(of deployment: Deployment.ID, claims: String) -> pid_t? {
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

  /// Asks the process that runs one of a pair to end it in good order.
  /// - Returns: the process; nil where none was found that holds the claim and hears.
  static func tell(_ pair: Pair, claims: String) async -> pid_t? {
    for _ in 0..<25 {
      for member in pair.members.reversed() {
        guard let found = process(of: member.id, claims: claims), holds(found, "\(claims)/\(member.id)") else { continue }
        // One that has just begun does not hear yet, and would die of the signal.
        if hears(found), kill(found, SIGUSR1) == 0 { return found }
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

  /// Waits until a deployment, and the rollback that follows from it, have ended and their process has let go of them.
  /// - Throws: where the process is gone and they have not ended.
  static func wait(for deployment: Deployment.ID, _ past: PastDeployments, _ terminal: Terminal) async throws -> Pair {
    var isTold = false
    while true {
      try await Task.sleep(for: .milliseconds(300))
      let pair = try await past.pair(deployment, or: [])
      if let back = pair.back, !isTold, pair.state == .running {
        isTold = true
        terminal.tell("Its rollback \(back.id) is under way and is not interrupted; waiting for it.")
      }
      switch pair.state {
      case .running: continue
      case .concluded:
        try await released(pair, past)
        return pair
      case .interrupted, .damaged:
        throw Problems(
          Problem(
            "its process is gone and deployment \(deployment) has not ended",
            fix: "lander cancel \(deployment) again, or lander resume \(deployment)"),
          exit: .refused)
      }
    }
  }

  /// The last entry is written a moment before the claim is given back; a process that hangs in between is waited for five seconds.
  private static func released(_ pair: Pair, _ past: PastDeployments) async throws {
    for _ in 0..<50 {
      if let claim = try past.journal.claim(pair.first.id) { return claim.release() }
      try await Task.sleep(for: .milliseconds(100))
    }
  }
}
