package import DeployModel

/// An event that is reported while an alarm is watched.
package enum AlarmEvent: Sendable, Hashable {
  /// The watcher begins, or begins again, to look at this number of hosts.
  case began(AlarmRecord, hosts: Int)
  /// Another deployment is working on the hosts, so there are no looks until it has ended. The string says which deployment.
  case waits(String, AlarmRecord)
  /// A look found a host unhealthy. The string describes the problem. The record already counts this look.
  case bad(String, AlarmRecord)
  /// A look got no answer, although the previous look at the same host got one.
  case silent(String, AlarmRecord)
  /// Nothing of the deployment is left on these hosts, so they are no longer looked at. `rest` is the number of hosts that are still looked
  /// at.
  case leavesOut([String], AlarmRecord, rest: Int)
  /// Too many looks found unhealthy hosts, and a rollback is about to be planned.
  case fires(AlarmRecord)
}
