/// A host that a deployment uses without sending it a release: a balancer, a database. Partners are numbered after the targets.
package struct Partner: Sendable, Hashable, Codable {
  package var host: Host
  /// Names of the groups of the recipe's `partners` that the host is in.
  package var groups: [String]
  /// The folder of its lock, fence and jobs. It begins with `~/`, the login user's home, until a survey says where that is.
  package var path: String
  package var facts: HostFacts?
  /// The token of a lock whose holder is known to be gone, to take over from.
  package var inherits: String?

  package init(host: Host, groups: [String], path: String, facts: HostFacts? = nil, inherits: String? = nil) {
    self.host = host
    self.groups = groups
    self.path = path
    self.facts = facts
    self.inherits = inherits
  }

  /// The folder of one application and group on a partner, so that two applications, or two groups of one, can use it side by side.
  package static func path(on host: Host, application: String, group: String) -> String {
    let home = host.root ?? "~"
    return "\(home)/.lander/\(folder(application))/\(folder(group))"
  }

  /// The path below a home.
  /// - Parameter home: the home folder as the host reports it; empty: unknown.
  package func path(below home: String) -> String {
    guard path.hasPrefix("~/") else { return path }
    return (home == "/" ? "" : home) + path.dropFirst(1)
  }

  /// A name as a visible folder: an empty name, or one that begins with a dot, gets a prefix.
  private static func folder(_ name: String) -> String { name.isEmpty || name.hasPrefix(".") ? "_" + name : name }
}
