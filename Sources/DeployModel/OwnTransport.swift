/// A transport that comes with the engine. A plugin's transport has a name of its own, and an argv that gives a shell.
package struct OwnTransport: Sendable, Hashable {
  /// As `Host.transport` has it.
  package let name: String
  /// Whether its host is the engine's own machine, so that a path means the same on both.
  package let reachesThisMachine: Bool

  package static let ssh = OwnTransport(name: "ssh", reachesThisMachine: false)
  package static let local = OwnTransport(name: "local", reachesThisMachine: true)
  /// All of the engine's transports, in the order in which messages name them. A new transport also needs its factory where transports are
  /// made.
  package static let all = [ssh, local]
}

extension Host {
  /// The engine's own transport that leads to the host; nil: it is a plugin's transport, or unknown.
  package var ownTransport: OwnTransport? { argv == nil ? OwnTransport.all.first { $0.name.isExactly(transport) } : nil }

  /// Whether the host is the engine's own machine.
  package var isThisMachine: Bool { ownTransport?.reachesThisMachine == true }
}
