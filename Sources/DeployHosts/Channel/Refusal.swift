import DeployModel

/// Turns the host program's exit codes into failures.
enum Refusal {
  /// - Parameter answer: the answer of a function whose status was not 0.
  static func failure(_ answer: Channel.Answer) -> Failure {
    failure(status: answer.status, said: String(decoding: answer.errors.suffix(4096), as: UTF8.self))
  }

  static func failure(status: Int, said: String) -> Failure {
    // The host's tools see the application's folder under this name.
    let said = said.split(separator: "/proc/self/fd/8/", omittingEmptySubsequences: false).joined(separator: ".lander/")
    var lines = said.fullLines.map(String.init)
    let fix = lines.last { $0.hasPrefix("fix: ") }.map { String($0.dropFirst(5)) }
    lines.removeAll { $0.hasPrefix("fix: ") }
    let text = lines.suffix(3).joined(separator: "; ")
    if isOverLimit(status, said), fix == nil {
      return Failure(
        .noSpace, "a file would become larger than files may be there (ulimit -f)",
        fix: "raise the limit of the login user (fsize in /etc/security/limits.conf)")
    }
    let kind = kind(of: status, said: said)
    // With the shell's own message about a full disk, people would look for the cause in the recipe's hooks.
    if kind == .noSpace, fix == nil {
      return Failure(.noSpace, "the host's disk or quota is full", fix: "make room there: df -h; df -i")
    }
    if kind == .corrupt, fix == nil {
      return Failure(.corrupt, text, fix: "something of another kind stands where Lander keeps its own files: move it away")
    }
    return Failure(kind, text.isEmpty ? "the host's answer was status \(status)" : text, fix: fix)
  }

  /// Whether a write exceeded the limit on the size of files. A program that was ended for this reason has the status 128 + SIGXFSZ.
  private static func isOverLimit(_ status: Int, _ said: String) -> Bool {
    status == 153 || said.contains("File too large") || said.contains("File size limit exceeded")
  }

  private static func kind(of status: Int, said: String) -> Failure.Kind {
    if said.contains("No space left") || said.contains("Disk quota exceeded") { return .noSpace }
    switch status {
    case 40: return .fenced
    case 42: return .locked
    case 43 where said.contains("Permission denied"): return .notPermitted
    case 43 where ["File exists", "Not a directory", "Is a directory"].contains(where: said.contains): return .corrupt
    case 43: return .noSpace
    case 44: return .missing
    case 45: return .notPermitted
    case 46: return .corrupt
    case 47: return .invalid
    default: return .transport
    }
  }
}
