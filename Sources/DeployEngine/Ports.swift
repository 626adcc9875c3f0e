package import DeployCore
package import DeployModel

/// The ports of one engine.
package struct Ports: Sendable {
  package var transport: any Transport
  package var machine: any EngineMachine
  package var bundles: any BundleStore
  package var journal: any Journal
  package var clock: any Clock
  /// All mailboxes. The same message can arrive through several of them.
  package var mailboxes: [any Mailbox]
  /// Who runs the engine, as `user@machine`, for journals and locks.
  package var actor: String
  /// Copies journals for the hosts of parked deployments.
  package var copies: any JournalCopies
  /// Verifies the signatures of approvals.
  package var signatures: any Signatures
  package init(
    transport: any Transport, machine: any EngineMachine, bundles: any BundleStore, journal: any Journal, clock: any Clock, actor: String,
    mailboxes: [any Mailbox] = [], copies: any JournalCopies = NoJournalCopies(), signatures: any Signatures = NoSignatures()
  ) {
    self.transport = transport
    self.machine = machine
    self.bundles = bundles
    self.journal = journal
    self.clock = clock
    self.actor = actor
    self.mailboxes = mailboxes
    self.copies = copies
    self.signatures = signatures
  }
}

/// Receives entries and output when they appear. The engine's own tasks call these functions, so they must return quickly.
package struct Feed: Sendable {
  package var entry: @Sendable (Deployment.ID, Entry) -> Void
  package var output: @Sendable (Deployment.ID, OutputChunk) -> Void
  package init(
    entry: @escaping @Sendable (Deployment.ID, Entry) -> Void = { _, _ in },
    output: @escaping @Sendable (Deployment.ID, OutputChunk) -> Void = { _, _ in }
  ) {
    self.entry = entry
    self.output = output
  }
}
