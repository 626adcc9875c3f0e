/// Who has the hosts of an alarm.
package enum Occupancy: Sendable, Hashable {
  /// They have what its deployment brought, as far as anybody knows.
  case free
  /// The same, but on hosts of these numbers there is nothing of it any more: their machines were replaced.
  case gone([Int])
  /// Somebody is at work on them, in words. How that ends decides.
  case busy(String)
  /// They have something newer, in words.
  case over(String)
}
