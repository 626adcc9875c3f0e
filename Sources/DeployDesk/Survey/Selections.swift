package import DeployCore
package import DeployModel

extension Project {
  /// Returns the recipe of this name, or nil for the project's only recipe.
  /// - Throws: if there is no such recipe, or if no name is given and there are several recipes. In the first case, the problem suggests a
  ///   similar name.
  package func recipe(named name: String?) throws(Problems) -> Recipe { try Selection.recipe(name, in: self) }

  /// Returns the hosts of a recipe. The recipe's parameters are ignored.
  /// - Throws: if the recipe, the group or one of the hosts does not exist.
  package func selection(recipe: String?, group: String?, only: [String] = []) throws(Problems) -> Selection {
    try Selection.bare(try Selection.recipe(recipe, in: self), group: group, only: only, in: self)
  }

  /// Returns a selection for each recipe, with the requested group or the recipe's own group. The selections show which recipe would be
  /// deployed where.
  /// - Throws: if the group or the recipe does not exist, or no recipe deploys to the group.
  package func selections(recipe: String?, group: String?, only: [String] = []) throws(Problems) -> [Selection] {
    if let recipe { _ = try Selection.recipe(recipe, in: self) }
    if let group, !groups.contains(where: { $0.name.isExactly(group) }) {
      throw Problems(
        Problem(
          "there is no group \"\(group)\"",
          fix: NearMatch.hint(group, among: groups.map(\.name))))
    }
    let taken = HostFilter(only).takes
    var selections: [Selection] = []
    for candidate in recipes where recipe.map({ candidate.name.isExactly($0) }) ?? true {
      let own: String? = if case .group(let name) = candidate.targets { name } else { nil }
      if recipe == nil, let group, let own, own != group,
        recipes.contains(where: { $0.targets == .group(group) })
      {
        continue
      }
      if group == nil, candidate.targets == .unset { continue }
      if group == nil, !only.isEmpty, let own = try? Selection.group(nil, of: candidate, in: self), !own.hosts.contains(where: taken) {
        continue
      }
      selections.append(try Selection.bare(candidate, group: group, only: only, in: self))
    }
    if selections.isEmpty, !only.isEmpty { throw nobody(only) }
    if selections.isEmpty {
      throw Problems(Problem("deploy.lua declares no recipe with targets", fix: "say --group NAME"))
    }
    return selections
  }

  private func nobody(_ only: [String]) -> Problems {
    let isTag = only.contains { $0.contains("=") }
    let near = only.count == 1 && !isTag ? NearMatch.of(only[0], among: groups.flatMap { $0.hosts.map(\.name) }) : nil
    return Problems(
      Problem(
        "no host of any group is \(only.joined(separator: " and "))", subject: isTag ? "--where" : nil,
        fix: near.map { "did you mean \"\($0)\"?" } ?? "`lander hosts` shows each host"))
  }

  /// Returns the hosts of a group, no matter which recipe deploys there.
  /// - Throws: if the group or one of the hosts does not exist.
  package func selection(ofGroup group: String, only: [String]) throws(Problems) -> Selection {
    let all = try groupSelections(group)
    return only.isEmpty ? all[0] : try Selection.bare(all[0].recipe, group: group, only: only, in: self)
  }

  /// Returns the selections with which all places of a group's hosts are looked at: one for each group and each recipe that deploys to the
  /// group. If no recipe deploys to the group, the project's first recipe determines the path.
  /// - Throws: if the group does not exist, or the project has no group.
  package func groupSelections(_ group: String?, only: [String] = []) throws(Problems) -> [Selection] {
    let names = groups.map(\.name)
    if let group, !names.contains(group) {
      throw Problems(
        Problem("there is no group \"\(group)\"", fix: NearMatch.hint(group, among: names)))
    }
    var selections: [Selection] = []
    let taken = HostFilter(only).takes
    for name in names where group == nil || name == group {
      let own = groups.first { $0.name.isExactly(name) }
      if group == nil, !only.isEmpty, let own, !own.hosts.contains(where: taken) { continue }
      let going = recipes.filter { $0.targets == .group(name) }
      let all = going.isEmpty ? [recipes.first ?? Recipe(name: "none", placement: Placement(path: "/"))] : going
      for recipe in all { selections.append(try Selection.bare(recipe, group: name, only: only, in: self)) }
    }
    if group == nil { selections += try ownSelections(only) }
    if selections.isEmpty, !only.isEmpty { throw nobody(only) }
    if selections.isEmpty {
      throw Problems(
        Problem(
          "deploy.lua defines no group", fix: "add one: group \"production\" { hosts = { … } }"))
    }
    return selections
  }

  /// Returns selections of the hosts that recipes declare themselves, outside any group.
  private func ownSelections(_ only: [String]) throws(Problems) -> [Selection] {
    let taken = HostFilter(only).takes
    var selections: [Selection] = []
    for recipe in recipes {
      guard case .hosts(let own) = recipe.targets, only.isEmpty || own.hosts.contains(where: taken) else { continue }
      selections.append(try Selection.bare(recipe, group: nil, only: only, in: self))
    }
    return selections
  }
}

extension Selection {
  /// Returns the hosts of a recipe. The recipe's parameters are ignored, because nothing will be deployed.
  package static func bare(_ recipe: Recipe, group: String?, only: [String], in project: Project) throws(Problems) -> Selection {
    var free = project
    var bare = recipe
    bare.parameters = []
    free.recipes = [bare]
    return try Selection(DeploymentRequest(recipe: recipe.name, group: group, only: only), in: free)
  }
}
