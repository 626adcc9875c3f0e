package import DeployModel

/// The question to a person at a gate that waits for one, and the meaning of the typed answer.
package struct ApprovalWords: Sendable, Hashable {
  /// The meaning of a typed answer.
  package enum Answer: Sendable, Hashable {
    case yes, no, later
    /// No answer yet: the question is repeated.
    case unclear
  }

  package let number: Int
  package let kind: Gate.Kind
  private let name: String
  private let goesBack: Bool

  /// - Returns: nil if no person is asked.
  package init?(_ story: DeploymentStory) {
    guard let gate = story.openGate, gate.gate.kind == .approval || gate.gate.kind == .pause else { return nil }
    // Who signs needs a key, and names it to a command.
    guard gate.gate.from == nil else { return nil }
    (number, kind, name, goesBack) = (gate.number, gate.gate.kind, SafeText.line(gate.gate.name), gate.goesBack)
  }

  /// The kind of message for the answer.
  package func message(_ yes: Bool) -> Message.Kind {
    switch kind {
    case .pause: yes ? .resume : .cancel
    default: yes ? .approve : .reject
    }
  }

  /// - Parameter typed: what has been typed so far.
  package func line(_ typed: String, by actor: String, again: Bool) -> String {
    let question = kind == .pause ? "Continue" : "Approve \"\(name)\""
    return "\(again ? "yes, no or later: " : "")\(question) as \(SafeText.line(actor))? [yes/no/later] \(SafeText.line(typed))"
  }

  package func read(_ typed: String) -> Answer {
    switch typed.lowercased().filter({ $0 != " " }) {
    case "y", "yes": .yes
    case "n", "no": .no
    case "l", "later": .later
    default: .unclear
    }
  }

  /// The text if the answer is *later*.
  package func left(_ deployment: Deployment.ID) -> String {
    let command = kind == .pause ? "lander resume \(deployment)" : "lander approve \(deployment) \(number)"
    return "Left for later: this command stays and waits; \(command) answers from any terminal"
  }
}
