/// What kind of machine a host is, for recipes that depend on it.
package struct MachineFacts: Sendable, Hashable, Codable {
  /// `ID` from the machine's os-release file, such as `debian`, or nil if the machine has no such file.
  package var distribution: String?
  /// `VERSION_ID` from the machine's os-release file, such as `12`, or nil for a rolling distribution.
  package var version: String?
  /// Physical memory in bytes, or nil if unknown.
  package var memory: Int?
  /// The machine's IPv4 addresses, followed by its IPv6 addresses with global scope, in the order in which the kernel lists them. Loopback
  /// addresses are left out.
  package var addresses: [String]
  /// `systemd`, `openrc`, or the name of process 1, or nil if unknown.
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
