/// A host that a deployment uses without sending it a release, such as a balancer or a database. Partners are numbered after the targets.
package struct Partner: Sendable, Hashable, Codable {
  package var host: Host
  /// The groups of the recipe's `partners` that contain the host, by name. Empty if the host is only the group's register.
  package var groups: [String]
  /// The folder on the host for the lock, the fence and jobs. It begins with `~/` until a survey has read the login user's home.
  package var path: String
  package var facts: HostFacts?
  /// The token of a lock that this deployment is allowed to take over because the lock's holder is known to be gone, or nil if there is
  /// none.
  package var inherits: String?
  /// The host's part as the group's register, or nil if it is no register.
  package var register: Register?

  /// What a plan knows about the register of a group (docs/recipes.md).
  package struct Register: Sendable, Hashable, Codable {
    /// The highest fence that the register had seen when the plan was made. If it has seen another one since, the plan is out of date. Nil
    /// if the register was not surveyed, or if the deployment takes over its lock.
    package var fence: Int?
    /// Why the register cannot be used, so that the deployment runs without it, or nil if it can be used.
    package var missing: Failure?

    package init(fence: Int? = nil, missing: Failure? = nil) {
      self.fence = fence
      self.missing = missing
    }
  }

  package init(
    host: Host, groups: [String], path: String, facts: HostFacts? = nil, inherits: String? = nil, register: Register? = nil
  ) {
    self.register = register
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

/// The stored form of a partner. Plans of older versions have registers without the field `register`: there, a partner without groups is
/// the register.
extension Partner {
  private enum Member: String, CodingKey { case host, groups, path, facts, inherits, register }

  package init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Member.self)
    let groups = try members.decode([String].self, forKey: .groups)
    self.init(
      host: try members.decode(Host.self, forKey: .host), groups: groups, path: try members.decode(String.self, forKey: .path),
      facts: try members.decodeIfPresent(HostFacts.self, forKey: .facts),
      inherits: try members.decodeIfPresent(String.self, forKey: .inherits),
      register: try members.decodeIfPresent(Register.self, forKey: .register) ?? (groups.isEmpty ? Register() : nil))
  }
}

extension Plan {
  /// The partners that the recipe names. Functions of the recipe can use only these.
  package var namedPartners: [Partner] { partners.filter { !$0.groups.isEmpty } }
  /// The partner that is the group's register, or nil if the deployment needs none.
  package var register: Partner? { partners.first { $0.register != nil } }
}
