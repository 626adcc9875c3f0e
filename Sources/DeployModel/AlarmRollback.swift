/// How the rollback that an alarm began stands, by its journal.
package enum AlarmRollback: Sendable, Hashable {
  /// Every host is back.
  case back
  /// It ended, and not every host is back.
  case failed
  /// It ended and left hosts as they are, because the recipe says so.
  case held
  /// An engine runs it.
  case running
  /// No engine runs it, and it has not ended.
  case interrupted
  /// It ended before it changed a host.
  case idle(ExitCode)
}
