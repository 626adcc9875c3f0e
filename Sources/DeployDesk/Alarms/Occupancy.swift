/// Who has the hosts of an alarm.
package enum Occupancy: Sendable, Hashable {
  /// As far as known, the hosts have the release of the alarm's deployment.
  case free
  /// The same, but on hosts of these numbers there is nothing of it any more: their machines were replaced.
  case gone([Int])
  /// Another deployment works on the hosts, in words. Its end decides what happens to the alarm.
  case busy(String)
  /// The hosts have something newer, in words.
  case over(String)
}
