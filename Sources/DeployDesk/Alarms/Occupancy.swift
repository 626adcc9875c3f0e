/// Whether the hosts of an alarm still have the release of the alarm's deployment.
package enum Occupancy: Sendable, Hashable {
  /// The release of the alarm's deployment is on all of the hosts, as far as known.
  case free
  /// The release is on the hosts, except that the hosts with these numbers have nothing of it any more, because their machines were
  /// replaced.
  case gone([Int])
  /// Another deployment, which the text names, works on the hosts. Its end decides what happens to the alarm.
  case busy(String)
  /// The hosts have something newer, which the text describes.
  case over(String)
}
