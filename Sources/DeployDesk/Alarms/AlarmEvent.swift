package import DeployModel

/// What happens while somebody watches an alarm.
package enum AlarmEvent: Sendable, Hashable {
  case began(AlarmRecord)
  /// Somebody else is at work on the hosts, in words: there are no looks until that has ended.
  case waits(String, AlarmRecord)
  /// A look found a host bad. The record counts it.
  case bad(String, AlarmRecord)
  /// A look got no answer, the first in a row at its host.
  case silent(String, AlarmRecord)
  /// Nothing of the deployment is on these hosts any more, so there are no further looks at them.
  case leavesOut([String], AlarmRecord)
  /// Too many looks were bad, and a rollback is about to be planned.
  case fires(AlarmRecord)
}
