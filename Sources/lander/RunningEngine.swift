import DeployModel
import DeployReport
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
    for line in text.split(separator: "\n") {
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

  /// Asks it to end its deployment in good order. False where it is gone, not ours, or no lander.
  static func tell(_ process: pid_t) -> Bool {
    guard let name = try? Folder.text(at: "/proc/\(process)/comm"), name.hasPrefix("lander") else {
      return false
    }
    return kill(process, SIGUSR1) == 0
  }

  /// Waits until the deployment has ended.
  static func wait(for deployment: Deployment.ID, _ past: PastDeployments, _ terminal: Terminal)
    async throws -> DeployModel.ExitCode
  {
    while true {
      try await Task.sleep(for: .milliseconds(300))
      let now = try await past.find(deployment)
      switch now.state {
      case .running: continue
      case .concluded:
        let summary = Summary(DeploymentStory(try await past.entries(of: deployment)))
        terminal.say(summary.lines(on: terminal.out))
        // What was asked was that it ends.
        return summary.exit == .cancelled ? .done : summary.exit ?? .internal
      case .interrupted, .damaged:
        throw Problems(
          Problem(
            "its process is gone and deployment \(deployment) has not ended",
            fix: "lander cancel \(deployment) again, or lander resume"),
          exit: .refused)
      }
    }
  }
}
