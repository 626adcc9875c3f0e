package import DeployModel

/// What happens while somebody watches an alarm.
package enum AlarmEvent: Sendable, Hashable {
  case began(AlarmRecord)
  /// Another deployment works on the hosts, in words: there are no looks until it has ended.
  case waits(String, AlarmRecord)
  /// A look found a host bad; the record counts this look.
  case bad(String, AlarmRecord)
  /// A look got no answer: the first such look in a row at its host.
  case silent(String, AlarmRecord)
  /// Nothing of the deployment is on these hosts any more, so there are no further looks at them.
  case leavesOut([String], AlarmRecord)
  /// Too many looks were bad, and a rollback is about to be planned.
  case fires(AlarmRecord)
}
