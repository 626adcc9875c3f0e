package import DeployModel

/// An event that is reported while somebody watches an alarm.
package enum AlarmEvent: Sendable, Hashable {
  case began(AlarmRecord)
  /// Another deployment is working on the hosts. The text says which one. There are no looks until it has ended.
  case waits(String, AlarmRecord)
  /// A look found a host unhealthy. The text describes the problem. The record counts this look.
  case bad(String, AlarmRecord)
  /// A look got no answer. The previous look at the same host got one.
  case silent(String, AlarmRecord)
  /// These hosts no longer have anything of the deployment, so they are not looked at any more.
  case leavesOut([String], AlarmRecord)
  /// Too many looks found unhealthy hosts, and a rollback is about to be planned.
  case fires(AlarmRecord)
}
