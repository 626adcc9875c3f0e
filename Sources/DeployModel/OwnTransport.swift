/// A transport that comes with Lander. A plugin's transport has its own name, and an argv that starts a shell.
package struct OwnTransport: Sendable, Hashable {
  /// The name, as `Host.transport` contains it.
  package let name: String
  /// Whether the host is the engine's own machine, so that a path names the same file for both.
  package let reachesThisMachine: Bool

  package static let ssh = OwnTransport(name: "ssh", reachesThisMachine: false)
  package static let local = OwnTransport(name: "local", reachesThisMachine: true)
  /// All of Lander's transports, in the order in which messages list them. `Reach.factories` needs an entry for each of them too.
  package static let all = [ssh, local]
}

extension Host {
  /// Lander's transport to the host, or nil if the transport belongs to a plugin or is unknown.
  package var ownTransport: OwnTransport? { argv == nil ? OwnTransport.all.first { $0.name.isExactly(transport) } : nil }

  /// Whether the host is the engine's own machine.
  package var isThisMachine: Bool { ownTransport?.reachesThisMachine == true }
}
