/// The state of the rollback that an alarm began, by the rollback's journal.
package enum AlarmRollback: Sendable, Hashable {
  /// Every host is back.
  case back
  /// The rollback ended, and not every host is back.
  case failed
  /// The rollback ended and left hosts as they are, because the recipe says so.
  case held
  /// An engine runs the rollback.
  case running
  /// The rollback was interrupted: no engine runs it, and it has not ended.
  case interrupted
  /// The rollback ended before it changed a host.
  case idle(ExitCode)
}
