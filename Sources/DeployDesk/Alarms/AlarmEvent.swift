package import DeployModel

/// An event that is reported while an alarm is watched.
package enum AlarmEvent: Sendable, Hashable {
  /// The watcher begins, or begins again, to check this number of hosts.
  case began(AlarmRecord, hosts: Int)
  /// Another deployment is working on the hosts, so there are no checks until it has ended. The string says which deployment.
  case waits(String, AlarmRecord)
  /// A check failed. The string describes the problem. The record already counts this check.
  case bad(String, AlarmRecord)
  /// A check got no answer, although the previous check of the same host got one.
  case silent(String, AlarmRecord)
  /// Nothing of the deployment is left on these hosts, so they are no longer checked. `rest` is the number of hosts that are still looked
  /// at.
  case leavesOut([String], AlarmRecord, rest: Int)
  /// Too many checks failed, and a rollback is about to be planned.
  case fires(AlarmRecord)
}
