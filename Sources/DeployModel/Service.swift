/// Whether a host takes part in what the application does for others.
package enum Service: String, Sendable, Hashable, Codable {
  /// It gets traffic, or would get it if nobody distributed any.
  case `in`
  /// Its traffic is being taken away.
  case draining
  /// It gets none: it is stopped, changed, or does not run anything.
  case out
}
