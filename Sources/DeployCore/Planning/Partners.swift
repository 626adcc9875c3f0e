package import DeployModel

/// Finds the hosts that a recipe uses in addition to its targets: first from the declarations, then with the hosts' surveys.
package enum Partners {
  /// The surveys of the partners, in the same order as the partners, or empty if the partners were not surveyed.
  package struct Surveyed: Sendable, Hashable {
    package var surveys: [Survey]
    /// For each partner, the token of a lock that the deployment is allowed to take over because its holder is known to be gone, or nil if
    /// there is none.
    package var inherits: [String?]
    package init(_ surveys: [Survey] = [], inherits: [String?] = []) {
      self.surveys = surveys
      self.inherits = inherits
    }
  }

  /// Returns the partners that the project declares, each host once. Partners are numbered after the targets.
  /// - Parameters:
  ///   - group: the deployment's own group. The partners' folder is named after this group.
  ///   - after: the number of targets.
  /// - Throws: an error if a group does not exist, or if two groups describe the same host differently.
  static func declared(by recipe: Recipe, group: String, in project: Project, after targets: Int) throws(Problems) -> [Partner] {
    var problems: [Problem] = []
    var found: [Partner] = []
    var names: [String] = []
    for name in recipe.partners where !names.contains(where: { $0.isExactly(name) }) {
      names.append(name)
      guard let declared = project.groups.first(where: { $0.name.isExactly(name) }) else {
        problems.append(
          Problem(
            "there is no group \"\(name)\", which recipe \"\(recipe.name)\" has as partners", place: recipe.place,
            fix: NearMatch.hint(name, among: project.groups.map(\.name)) ?? "define it: group \"\(name)\" { hosts = { … } }"))
        continue
      }
      for var host in declared.hosts {
        host.user = host.user ?? recipe.user
        guard let index = found.firstIndex(where: { $0.host.name.isExactly(host.name) }) else {
          host.number = targets + found.count
          found.append(
            Partner(host: host, groups: [name], path: Partner.path(on: host, application: recipe.application, group: group)))
          continue
        }
        if found[index].host.isReached(as: host) {
          found[index].groups.append(name)
        } else {
          problems.append(
            Problem(
              "partner \(host.name) is reached in one way in group \"\(found[index].groups[0])\" and in another in \"\(name)\"",
              place: declared.place, subject: host.name, fix: "describe it once, or give the two hosts names of their own"))
        }
      }
    }
    if !problems.isEmpty { throw Problems(problems) }
    return found
  }

  /// Returns the partners with facts from their surveys.
  /// - Throws: an error if a partner is unreachable, because a hook might need this partner. An unreachable register is only marked as
  ///   missing.
  static func found(_ partners: [Partner], _ surveyed: Surveyed) throws(Problems) -> [Partner] {
    let (surveys, inherits) = (surveyed.surveys, surveyed.inherits)
    var problems: [Problem] = []
    var isInReach = true
    let found = partners.enumerated().map { index, partner -> Partner in
      var partner = partner
      partner.inherits = inherits.indices.contains(index) ? inherits[index] : nil
      switch surveys.indices.contains(index) ? surveys[index].forChange : nil {
      case .reached(let state)?:
        partner.facts = state.facts
        partner.path = partner.path(below: state.facts.home)
        if partner.register != nil { partner.register?.fence = state.fence }
      case .unreachable(let failure)? where partner.isOnlyRegister: partner.register?.missing = failure
      case .unreachable(let failure)?:
        isInReach = isInReach && failure.kind != .unreachable
        problems.append(
          Problem("it is a partner of the recipe, and cannot be used: \(failure.message)", subject: partner.host.name, fix: failure.fix))
      case nil: partner.path = partner.path(below: "")
      }
      return partner
    }
    if !problems.isEmpty { throw Problems(problems, exit: isInReach ? .infrastructure : .unreachable) }
    return found
  }
}

extension Partners {
  /// Refuses releases whose recipe uses partners that the plan lacks. Hooks of such a recipe would fail half-way, because these partners
  /// are not locked.
  /// - Parameters:
  ///   - recipes: the recipes to which `hosts` refer.
  ///   - partners: the partners of the plan.
  /// - Throws: an error that lists each group that a recipe needs and the plan lacks.
  static func refuseLost(_ hosts: [HostPlan], _ recipes: [PinnedRecipe], _ partners: [Partner], of recipe: Recipe) throws(Problems) {
    var problems: [Problem] = []
    for (index, pinned) in recipes.enumerated() {
      let names = hosts.filter { host in
        host.action == .change && (host.leaving == index || host.arriving == index || host.restoring == index)
      }.map(\.host.name)
      guard !names.isEmpty else { continue }
      for group in pinned.partners ?? [] where !partners.contains(where: { $0.groups.contains { $0.isExactly(group) } }) {
        let problem = Problem(
          "hooks of a release of \(names.count == 1 ? names[0] : "\(names.count) hosts") work with the partners \"\(group)\", "
            + "and recipe \"\(recipe.name)\" has none of that name now",
          place: recipe.place,
          fix: "keep them until no host has that release any more: partners = { group \"\(group)\", … }, and the group too")
        if !problems.contains(where: { $0.message == problem.message }) { problems.append(problem) }
      }
    }
    if !problems.isEmpty { throw Problems(problems, exit: .usage) }
  }
}

extension Partner {
  /// The partner as it is in a rollback after a failure: the failed deployment still holds the partner's lock.
  var takenOver: Partner {
    var partner = self
    partner.inherits = nil
    partner.register?.fence = nil
    return partner
  }
}

extension Host {
  /// Whether both hosts are reached in the same way: their transport, address, port, user, root and argv are equal.
  fileprivate func isReached(as other: Host) -> Bool {
    transport == other.transport && address == other.address && port == other.port && user == other.user && root == other.root
      && argv == other.argv
  }
}
