/// The state of a rollback that an alarm started, read from the rollback's journal.
package enum AlarmRollback: Sendable, Hashable {
  /// The rollback returned every host to its earlier release.
  case back
  /// The rollback ended without returning every host to its earlier release.
  case failed
  /// The rollback ended and left hosts as they are, because the recipe says so.
  case held
  /// An engine runs the rollback.
  case running
  /// The rollback was interrupted: no engine runs it, and it has not ended.
  case interrupted
  /// The rollback ended with this exit code before it changed a host.
  case idle(ExitCode)
}
