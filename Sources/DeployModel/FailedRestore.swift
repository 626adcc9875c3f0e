/// What a host records about a deployment that failed there and could not restore the host, so that any checkout can report the failure.
package struct FailedRestore: Sendable, Hashable, Codable {
  package var deployment: Deployment.ID
  /// Why the restore failed, in at most 2,000 bytes. Empty means that the host has been restored and deletes its record.
  package var message: String
  /// The commands that a person has to run on the host, in order. At most 20 lines.
  package var commands: [String]

  /// Whether the host runs a release that it should leave, because a requested rollback was interrupted there and the host was then
  /// unlocked. Nil means no.
  package var isWayBack: Bool?

  /// Whether an empty message deletes only a record of this deployment, or nil if it deletes the record of any deployment.
  package var isOwn: Bool?

  package var isOver: Bool { message.isEmpty }

  package init(deployment: Deployment.ID, message: String, commands: [String], isOwn: Bool? = nil, isWayBack: Bool? = nil) {
    self.isOwn = isOwn
    self.isWayBack = isWayBack
    self.deployment = deployment
    self.message = String(decoding: message.utf8.prefix(2000), as: UTF8.self)
    self.commands = Array(commands.prefix(20))
  }

  /// Returns the record that a host keeps after it has received this value, or nil if it keeps none. `before` is the host's earlier record.
  package func replacing(_ before: FailedRestore?) -> FailedRestore? {
    guard isOver else { return self }
    return isOwn == true && before?.deployment != deployment ? before : nil
  }
}
