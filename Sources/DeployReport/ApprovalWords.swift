package import DeployModel

/// The question to a person at a gate that waits for one, and the meaning of what the person types.
package struct ApprovalWords: Sendable, Hashable {
  /// The meaning of a typed answer.
  package enum Answer: Sendable, Hashable {
    case yes, no, later
    /// The typed text is not an answer, so the question is repeated.
    case unclear
  }

  package let number: Int
  package let kind: Gate.Kind
  private let name: String
  private let goesBack: Bool

  /// - Returns: the words. Nil if no gate waits for a person, or if the answer has to be signed.
  package init?(_ story: DeploymentStory) {
    guard let gate = story.openGate, gate.gate.kind == .approval || gate.gate.kind == .pause else { return nil }
    // A signed answer needs a key, which a person passes to `lander approve`.
    guard gate.gate.from == nil else { return nil }
    (number, kind, name, goesBack) = (gate.number, gate.gate.kind, SafeText.line(gate.gate.name), gate.goesBack)
  }

  /// Returns the kind of message that answers the gate with yes or no.
  package func message(_ yes: Bool) -> Message.Kind {
    switch kind {
    case .pause: yes ? .resume : .cancel
    default: yes ? .approve : .reject
    }
  }

  /// Returns the line with the question.
  /// - Parameters:
  ///   - typed: what the person has typed so far.
  ///   - again: whether the last answer was unclear.
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

  /// Returns the text that is printed after the answer *later*: the command that answers the gate from any terminal.
  package func left(_ deployment: Deployment.ID) -> String {
    let command = kind == .pause ? "lander resume \(deployment)" : "lander approve \(deployment) \(number)"
    return "Left for later: this command stays and waits; \(command) answers from any terminal"
  }
}
