import DeployDesk
import DeployModel
import DeployReport
import Glibc

extension CommandLog {
  /// Returns a line about the command, and the lines that it wrote. Lines of standard output begin with `>`, and lines of standard error
  /// begin with `!`.
  func lines(stdout: [UInt8], stderr: [UInt8], on surface: Surface) -> [String] {
    let end = self.end(on: surface)
    let took = outcome.map { ", \($0.duration)" } ?? ""
    let head = [When(began).clock, surface.paint(host, .strong), event, operation.sentence].filter { !$0.isEmpty }
    var lines = ["\(head.joined(separator: "  "))  (\(end)\(took))"]
    lines += SafeText.lines(String(decoding: stdout, as: UTF8.self)).map { "  > " + $0 }
    lines += SafeText.lines(String(decoding: stderr, as: UTF8.self)).map { "  ! " + $0 }
    if let failure = outcome?.failure, outcome?.status == nil { lines.append("  " + SafeText.line(failure.message)) }
    return lines
  }

  /// Returns the result of the command, such as `exit status 1`, or the reason why it has no status.
  func end(on surface: Surface) -> String {
    guard let outcome else { return surface.paint("no end is known", .warn) }
    let status = outcome.status.map { "exit status \($0)" } ?? outcome.failure?.kind.rawValue ?? "done"
    return surface.paint(status, outcome.failure == nil ? .good : .bad)
  }
}

extension DeploymentSummary {
  /// The title of the deployment's log: `Rollback 20261121-113101-b2c3 of web to production, 2026-11-21 11:31:01 UTC`.
  var heading: String {
    let verb =
      switch kind {
      case .deploy: "Deployment"
      case .rollback: "Rollback"
      case .task(let task): "Task \(task.name),"
      case .remove: "Removal"
      }
    let preposition = kind.task != nil ? "on" : kind.removal != nil ? "from" : "to"
    return "\(verb) \(id) of \(recipe) \(preposition) \(GroupName(group).words), \(When(began).full) UTC"
  }
}

extension Terminal {
  /// Shows a command and its output. If `raw` is true, shows only the output, byte for byte.
  func say(_ command: CommandLog, _ written: (stdout: [UInt8], stderr: [UInt8]), raw: Bool) {
    guard raw else { return say(command.lines(stdout: written.stdout, stderr: written.stderr, on: out)) }
    Terminal.write(written.stdout, to: STDOUT_FILENO)
    Terminal.write(written.stderr, to: STDERR_FILENO)
  }
}
