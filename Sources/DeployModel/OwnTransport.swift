/// A way to hosts that comes with the engine. A plugin's way has a name of its own, and an argv that gives a shell.
package struct OwnTransport: Sendable, Hashable {
  /// As `Host.transport` has it.
  package let name: String
  /// Whether its host is the engine's own machine, so that paths of one mean the same on the other.
  package let reachesThisMachine: Bool

  package static let ssh = OwnTransport(name: "ssh", reachesThisMachine: false)
  package static let local = OwnTransport(name: "local", reachesThisMachine: true)
  /// In the order in which messages name them. A new one gets its case here, and its factory where transports are made.
  package static let all = [ssh, local]
}

extension Host {
  /// Which of the engine's own ways leads there; nil: a plugin's, or none that anybody knows.
  package var ownTransport: OwnTransport? { argv == nil ? OwnTransport.all.first { $0.name.isExactly(transport) } : nil }

  /// Whether it is the engine's own machine.
  package var isThisMachine: Bool { ownTransport?.reachesThisMachine == true }
}
