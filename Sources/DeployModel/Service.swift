/// Whether a host serves the application's users.
package enum Service: String, Sendable, Hashable, Codable {
  /// The host gets traffic, or would get it if there were a balancer.
  case `in`
  /// Traffic is being moved away from the host.
  case draining
  /// The host gets no traffic: it is stopped, being changed, or runs nothing.
  case out
}
