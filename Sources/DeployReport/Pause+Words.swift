import DeployCore
package import DeployModel

extension Pause {
  /// Returns the pause as a clause, such as `paused by kim@laptop: looks slow (since 2026-11-26 12:03:11, at most until 2026-11-27
  /// 12:03:11)`.
  /// - Parameter zone: seconds east of Greenwich.
  package func clause(zone: Int) -> String {
    let (from, to) = (When(since, zone: zone).full, When(until, zone: zone).full)
    return "paused by \(SafeText.line(message.words)) (since \(from), at most until \(to))"
  }

  /// Returns the commands that end the pause of a deployment.
  package static func wayOn(_ deployment: Deployment.ID, _ words: KindWords) -> String {
    "lander resume \(deployment) resumes it, lander cancel \(deployment) \(words.cancelling)"
  }

  /// The pause as data for programs.
  package var value: Value {
    JSON.record([
      ("by", .text(message.by)), ("comment", message.comment.isEmpty ? nil : .text(message.comment)), ("since", .text(When.iso(since))),
      ("until", .text(When.iso(until))),
    ])
  }
}
