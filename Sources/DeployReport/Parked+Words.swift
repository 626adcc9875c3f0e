package import DeployModel

extension Parked {
  /// Returns lines that say who parked the deployment, since when it has been waiting and until when it waits, with the commands that
  /// answer its gate.
  /// - Parameter zone: seconds east of Greenwich.
  package func lines(_ lock: Lock, at now: Timestamp, zone: Int) -> [String] {
    let title = SafeText.line(name)
    let question = message.isEmpty ? "" : ": " + SafeText.line(message)
    let head = "Parked by \(SafeText.line(lock.owner)): \(SafeText.line(lock.purpose)), deployment \(SafeText.line(deployment.rawValue)), "
    let wait = "waits for a person since \(When.ago(since, now: now)), until \(When(until, zone: zone).full)"
    let gate = "  Gate \(self.gate), \"\(title)\"\(question)"
    guard until > now else {
      return [
        head + "waited for a person until \(When(until, zone: zone).full)", gate,
        "  → lander resume \(SafeText.line(deployment.rawValue))  fails it\(words.afterFailure), as the next deploy does",
      ]
    }
    let id = SafeText.line(deployment.rawValue)
    return [head + wait, gate]
      + (kind == .pause
        ? ["  → lander resume \(id)  resumes it", "  → lander cancel \(id)  \(words.ending)"]
        : ["  → lander approve \(id) \(self.gate)  resumes it", "  → lander reject \(id) \(self.gate)  fails it"])
  }

  /// The parked deployment, as data for programs.
  package var value: Value {
    JSON.record([
      ("deployment", .text(deployment.rawValue)), ("gate", .int(gate)), ("kind", .text(kind.rawValue)), ("name", .text(name)),
      ("task", task.map { .text($0) }), ("message", message.isEmpty ? nil : .text(message)), ("since", .text(When.iso(since))),
      ("until", .text(When.iso(until))),
    ])
  }
}
