package import DeployModel

/// The report of a parked deployment, which its hosts keep until a person has answered.
package struct ParkedReport: Sendable {
  private let story: DeploymentStory

  package init(_ story: DeploymentStory) { self.story = story }

  private var words: KindWords { (story.plan?.kind ?? .deploy).words }

  /// The report as a problem, for a command whose caller is a program.
  package var problem: Problem {
    let name = story.openGate.map { "gate \($0.number), \"\(SafeText.line($0.gate.name))\"" } ?? "a gate"
    return Problem(
      "\(words.named(story.id)) is parked: it waits for a person at \(name), and no engine runs",
      fix: story.openGate?.commands(for: story.id).first?[0] ?? "lander resume \(story.id)")
  }

  /// Returns lines that say what the deployment is waiting for and until when, with the commands that answer it from any checkout.
  /// - Parameter zone: seconds east of Greenwich.
  package func lines(zone: Int) -> [String] {
    let until = story.parked.map { " until \(When($0.until, zone: zone).full)" } ?? ""
    var lines = ["", "Parked: \(words.named(story.id)) waits for a person\(until), and no engine runs. Its hosts keep it."]
    lines += (story.openGate?.lines(for: story.id, zone: zone) ?? []).map { "  " + $0 }
    let after = story.openGate.map { $0.gate.failing == .fail && $0.goesBack } ?? true
    lines += [
      "    → lander resume \(story.id)  resumes it once the answer lies on its hosts (--leave); after the deadline it fails"
        + (after ? ", and hosts go back" : ""),
      "  Each command works from any checkout that reaches the hosts.",
    ]
    return lines
  }
}
