/// What kind of machine a host is, for recipes that differ by it.
package struct MachineFacts: Sendable, Hashable, Codable {
  /// `ID` of its os-release file, such as `debian`; nil: it has no such file.
  package var distribution: String?
  /// `VERSION_ID` of its os-release file, such as `12`; nil for a rolling distribution.
  package var version: String?
  /// Physical memory in bytes; nil: unknown.
  package var memory: Int?
  /// Its IPv4 addresses, then its IPv6 addresses with global scope, in the order of the kernel; loopback is left out.
  package var addresses: [String]
  /// `systemd`, `openrc`, or the name of process 1; nil: unknown.
  package var initSystem: String?

  package init(
    distribution: String? = nil, version: String? = nil, memory: Int? = nil, addresses: [String] = [], initSystem: String? = nil
  ) {
    self.distribution = distribution
    self.version = version
    self.memory = memory
    self.addresses = addresses
    self.initSystem = initSystem
  }
}
