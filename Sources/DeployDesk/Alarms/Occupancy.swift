/// Whether the hosts of an alarm still have the release of the alarm's deployment.
package enum Occupancy: Sendable, Hashable {
  /// As far as is known, the release of the alarm's deployment is on all of the hosts.
  case free
  /// The release is on all of the hosts except those with these numbers. Their machines were replaced, so nothing of the release is left
  /// there.
  case gone([Int])
  /// Another deployment is working on the hosts. The string says which one. The outcome of that deployment decides what happens to the
  /// alarm.
  case busy(String)
  /// The hosts have something newer. The string describes it.
  case over(String)
}
