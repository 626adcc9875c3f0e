package import DeployModel

/// An event that is reported while somebody watches an alarm.
package enum AlarmEvent: Sendable, Hashable {
  /// The looks begin, or begin again, at this number of hosts.
  case began(AlarmRecord, hosts: Int)
  /// Another deployment, which the text names, works on the hosts. There are no looks until it has ended.
  case waits(String, AlarmRecord)
  /// A look found a host unhealthy. The text describes the problem. The record counts this look.
  case bad(String, AlarmRecord)
  /// A look got no answer. The previous look at the same host got one.
  case silent(String, AlarmRecord)
  /// These hosts have nothing of the deployment any more, so they are no longer looked at. `rest` is the number of the other hosts.
  case leavesOut([String], AlarmRecord, rest: Int)
  /// Too many looks found hosts bad, and a rollback is about to be planned.
  case fires(AlarmRecord)
}
