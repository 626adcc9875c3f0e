/// A host that a deployment uses without sending it a release, such as a balancer or a database. Partners are numbered after the targets.
package struct Partner: Sendable, Hashable, Codable {
  package var host: Host
  /// The groups of the recipe's `partners` that contain the host, by name.
  package var groups: [String]
  /// The folder on the host for the lock, the fence and jobs. It begins with `~/` until a survey has read the login user's home.
  package var path: String
  package var facts: HostFacts?
  /// The token of a lock that this deployment is allowed to take over because the lock's holder is known to be gone, or nil if there is
  /// none.
  package var inherits: String?

  package init(host: Host, groups: [String], path: String, facts: HostFacts? = nil, inherits: String? = nil) {
    self.host = host
    self.groups = groups
    self.path = path
    self.facts = facts
    self.inherits = inherits
  }

  /// Returns the folder for one application and group on a partner. Each group of each application has its own folder, so that several
  /// groups can use the same partner.
  package static func path(on host: Host, application: String, group: String) -> String {
    let home = host.root ?? "~"
    return "\(home)/.lander/\(folder(application))/\(folder(group))"
  }

  /// Returns the partner's path with `~` replaced by the home folder.
  /// - Parameter home: the home folder that the host reports, or empty if unknown.
  package func path(below home: String) -> String {
    guard path.hasPrefix("~/") else { return path }
    return (home == "/" ? "" : home) + path.dropFirst(1)
  }

  /// Turns a name into the name of a visible folder: an empty name, or a name that begins with a dot, gets the prefix `_`.
  private static func folder(_ name: String) -> String { name.isEmpty || name.hasPrefix(".") ? "_" + name : name }
}
