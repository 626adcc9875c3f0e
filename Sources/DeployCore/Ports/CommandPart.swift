package import DeployModel

/// One command of an operation that consists of several commands, such as an installation by an appspec file. Only the operation itself is
/// in the journal (docs/decisions/012-an-appspec-event-is-one-operation.md).
package struct CommandPart: Sendable, Hashable {
  /// How a host runs the command.
  package enum Kind: Sendable, Hashable {
    /// The host runs the command at most once, just as it runs a recipe's command at most once.
    case effect
    /// Like an effect, but the command counts as ended only when its output has been closed too. The time limit applies to both.
    case script
    /// The command changes nothing, so it needs no claim and ignores the fence. Until the host reboots, the first answer is used again.
    case question
  }

  /// The part's number in its operation. Parts are numbered from 1, in the order in which they are requested.
  package var number: Int
  package var kind: Kind
  package var command: Command
  package var timeout: Interval
  package init(_ number: Int, _ kind: Kind, _ command: Command, timeout: Interval) {
    self.number = number
    self.kind = kind
    self.command = command
    self.timeout = timeout
  }

  /// Returns the number of the part's job on the host. It is greater than the numbers of the deployment's own intents. It must not change
  /// between versions, because a newer engine might resume what an older engine began.
  package func job(of intent: Int) -> Int { number * 1_000_000 + intent }
}

/// The outcome of a part.
package struct CommandPartEnd: Sendable, Hashable {
  package var outcome: Outcome
  /// The stream that a child of the command still holds open although the command has ended, or nil if there is none.
  package var heldOpen: OutputChunk.Stream?
  package init(_ outcome: Outcome, heldOpen: OutputChunk.Stream? = nil) {
    self.outcome = outcome
    self.heldOpen = heldOpen
  }
}
