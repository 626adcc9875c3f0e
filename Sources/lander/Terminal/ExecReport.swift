import DeployModel
import DeployReport

/// Shows the result of a command on each host as soon as it arrives, and then the totals.
struct ExecReport: Sendable {
  private let terminal: Terminal
  private let hosts: [String]
  /// The width of the longest host name, in columns.
  private let width: Int

  init(hosts: [String], terminal: Terminal) {
    self.terminal = terminal
    self.hosts = hosts
    width = hosts.map(\.count).max() ?? 0
  }

  /// Shows the outcome on one host. May be called from any task.
  func show(_ outcome: Outcome, of host: String) {
    let name = terminal.out.paint(host.padded(to: width), .strong)
    var lines = SafeText.lines(outcome.stdout?.text ?? "").map { "\(name) | \($0)" }
    if outcome.stdout?.truncated == true { lines.append("\(name) | … cut: it wrote \((outcome.stdout?.bytes ?? 0).inBytes)") }
    terminal.say(lines)
    terminal.tell(SafeText.lines(outcome.stderr?.text ?? "").map { "\(host.padded(to: width)) ! \($0)" })
    if let failure = outcome.failure, outcome.status == nil {
      terminal.tell("\(host.padded(to: width)) ! \(SafeText.line(failure.message))")
      if let fix = failure.fix, [.notPermitted, .noSpace, .corrupt].contains(failure.kind) { terminal.tell("  → \(SafeText.line(fix))") }
    } else if let status = outcome.status, status != 0 {
      terminal.tell("\(host.padded(to: width)) ! exit status \(status)")
    }
  }

  /// Reports the totals. - Returns: the exit code of the command.
  func conclude(_ results: [(host: String, outcome: Outcome)]) -> ExitCode {
    terminal.give(value(results))
    let failed = results.filter { $0.outcome.failure != nil }
    var text = "\(results.count - failed.count) of \(results.count.of("host")) succeeded"
    if !failed.isEmpty {
      text += "; failed: " + failed.map(\.host).sorted().prefix(12).joined(separator: " ") + (failed.count > 12 ? " …" : "")
    }
    terminal.tell(text)
    if failed.isEmpty { return .done }
    return failed.contains { $0.outcome.failure?.kind == .unreachable } ? .unreachable : .held
  }

  /// Returns the results for programs, in the order of the group. Hosts on which the command never began are included.
  private func value(_ results: [(host: String, outcome: Outcome)]) -> Value {
    let rows = hosts.compactMap { host in results.first { $0.host == host } }.map { host, outcome in
      JSON.record([
        ("host", .text(host)), ("ok", .bool(outcome.failure == nil)), ("status", outcome.status.map { .int($0) }),
        ("duration_ms", .int(outcome.duration.milliseconds)), ("stdout", outcome.stdout.map(value)), ("stderr", outcome.stderr.map(value)),
        ("error", outcome.failure?.kind.rawValue.asValue), ("message", outcome.failure?.message.asValue),
        ("fix", outcome.failure?.fix?.asValue),
      ])
    }
    let left = hosts.filter { host in !results.contains { $0.host == host } }
    return JSON.record([
      ("hosts", .list(rows)), ("succeeded", .int(results.count { $0.outcome.failure == nil })),
      ("failed", .int(results.count { $0.outcome.failure != nil })), ("not_begun", .list(left.map { .text($0) })),
    ])
  }

  private func value(_ captured: Captured) -> Value {
    JSON.record([("bytes", .int(captured.bytes)), ("truncated", .bool(captured.truncated)), ("text", .text(captured.text))])
  }
}

extension String {
  fileprivate var asValue: Value { .text(self) }
}
