/// What a host remembers of a deployment that failed there and could not take the host back, so that any checkout can report it.
package struct FailedRestore: Sendable, Hashable, Codable {
  package var deployment: Deployment.ID
  /// Why going back failed; at most 2,000 bytes. Empty: the host was taken back, and forgets what it remembered.
  package var message: String
  /// What to type on the host, in order; at most 20 lines.
  package var commands: [String]

  /// Whether somebody asked for a rollback that was interrupted there and unlocked: the receipt's release is one to leave. nil: no.
  package var isWayBack: Bool?

  /// Whether the host only forgets what it remembers of this deployment; nil: it forgets everything.
  package var isOwn: Bool?

  package var isOver: Bool { message.isEmpty }

  package init(deployment: Deployment.ID, message: String, commands: [String], isOwn: Bool? = nil, isWayBack: Bool? = nil) {
    self.isOwn = isOwn
    self.isWayBack = isWayBack
    self.deployment = deployment
    self.message = String(decoding: message.utf8.prefix(2000), as: UTF8.self)
    self.commands = Array(commands.prefix(20))
  }

  /// What a host remembers after this record, if it remembered `before`.
  package func replacing(_ before: FailedRestore?) -> FailedRestore? {
    guard isOver else { return self }
    return isOwn == true && before?.deployment != deployment ? before : nil
  }
}
