package import DeployModel

/// An event while somebody watches an alarm.
package enum AlarmEvent: Sendable, Hashable {
  case began(AlarmRecord)
  /// Another deployment, which the text names, works on the hosts. There are no looks until it has ended.
  case waits(String, AlarmRecord)
  /// A look found a host bad, which the text describes. The record counts this look.
  case bad(String, AlarmRecord)
  /// A look got no answer, for the first time since its host's last answer.
  case silent(String, AlarmRecord)
  /// These hosts have nothing of the deployment any more, so they are no longer looked at.
  case leavesOut([String], AlarmRecord)
  /// Too many looks found hosts bad, and a rollback is about to be planned.
  case fires(AlarmRecord)
}
