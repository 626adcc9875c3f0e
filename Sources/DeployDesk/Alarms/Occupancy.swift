/// Who has the hosts of an alarm.
package enum Occupancy: Sendable, Hashable {
  /// They have what its deployment brought, as far as anybody knows.
  case free
  /// Somebody is at work on them, in words. How that ends decides.
  case busy(String)
  /// They have something newer, in words.
  case over(String)
}
