/// What a deployment currently needs from people. The sender of a message stores this value in the message. The message then answers the
/// gate that was open when it was sent, even if another gate is open when it arrives.
package struct Awaited: Sendable, Hashable {
  /// The number of the open gate, or 0 if no gate is open.
  package var gate: Int
  /// The kind of the open gate, or nil if no gate is open.
  package var kind: Gate.Kind?
  /// The message that paused the deployment, or nil if the deployment is not paused.
  package var pause: Message.ID?

  package init(gate: Int = 0, kind: Gate.Kind? = nil, pause: Message.ID? = nil) {
    self.gate = gate
    self.kind = kind
    self.pause = pause
  }

  /// Reads from a journal what the deployment needs.
  package init(_ entries: [Entry]) {
    self.init()
    for entry in entries { take(entry.fact) }
  }

  /// Updates the value with the next fact of the journal.
  package mutating func take(_ fact: Entry.Fact) {
    switch fact {
    case .noted(.gateOpened(let number, let gate)): (self.gate, kind) = (number, gate.kind)
    case .noted(.gateClosed): (gate, kind) = (0, nil)
    case .noted(.paused(let message)): pause = message?.id
    case .concluded: self = Awaited()
    default: break
    }
  }

  /// The value as one line, such as `2 approval -`: the gate's number, the gate's kind, and the message of the pause. `-` stands for none.
  package var line: String { "\(gate) \(kind?.rawValue ?? "-") \(pause ?? "-")" }

  /// - Returns: nil if the string is not such a line.
  package init?(line: some StringProtocol) {
    let words = line.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 3, let number = Int(words[0]), number >= 0 else { return nil }
    let (kind, pause) = (Gate.Kind(rawValue: String(words[1])), String(words[2]))
    guard (kind == nil) == (words[1] == "-"), (number == 0) == (kind == nil), Message.isPlain(pause) else { return nil }
    self.init(gate: number, kind: kind, pause: pause == "-" ? nil : pause)
  }
}

extension Message {
  /// Records in the message which gate or pause the message answers: the gate or pause that was open when the message was sent.
  package mutating func means(_ awaited: Awaited) {
    switch kind {
    case .approve, .reject, .promote: number = awaited.gate
    case .resume:
      pause = awaited.pause
      number = awaited.pause == nil && awaited.kind == .pause ? awaited.gate : 0
    case .cancel, .pause: break
    }
  }
}
