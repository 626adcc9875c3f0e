/// A host that a deployment uses without sending it a release: a balancer, a database. Partners are numbered after the targets.
package struct Partner: Sendable, Hashable, Codable {
  package var host: Host
  /// The groups of the recipe's `partners` that contain the host, by name.
  package var groups: [String]
  /// The folder on the host for lock, fence and jobs. It begins with `~/` until a survey has read the login user's home.
  package var path: String
  package var facts: HostFacts?
  /// The token of a lock that this deployment may take over, because its holder is known to be gone; nil: none.
  package var inherits: String?

  package init(host: Host, groups: [String], path: String, facts: HostFacts? = nil, inherits: String? = nil) {
    self.host = host
    self.groups = groups
    self.path = path
    self.facts = facts
    self.inherits = inherits
  }

  /// Returns the folder for one application and group on a partner. Other applications and groups have other folders, so that all of them
  /// can use the partner.
  package static func path(on host: Host, application: String, group: String) -> String {
    let home = host.root ?? "~"
    return "\(home)/.lander/\(folder(application))/\(folder(group))"
  }

  /// Returns the partner's path with `~` replaced by the home folder.
  /// - Parameter home: the home folder as the host reports it; empty: unknown.
  package func path(below home: String) -> String {
    guard path.hasPrefix("~/") else { return path }
    return (home == "/" ? "" : home) + path.dropFirst(1)
  }

  /// Returns a name as the name of a visible folder: an empty name, and a name that begins with a dot, get the prefix `_`.
  private static func folder(_ name: String) -> String { name.isEmpty || name.hasPrefix(".") ? "_" + name : name }
}
