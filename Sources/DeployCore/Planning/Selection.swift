package import DeployModel

/// A request resolved against the project's declarations: recipe, group and hosts.
package struct Selection: Sendable, Hashable {
  package var recipe: Recipe
  package var group: String
  /// The selected hosts, numbered from 0 in the order of the group.
  package var hosts: [Host]
  /// The number of hosts of the group that the request leaves out. The deployment does not touch them.
  package var others: Int
  /// The hosts that the request leaves out, numbered from 0.
  package var bystanders: [Host] = []
  package var configuration: DeploymentConfiguration
  package var parameters: Value
  /// The names of the parameters that the caller typed or the group sets. The other parameters have their defaults.
  package var given: [String] = []
  /// The options that were typed in addition to the recipe and the group.
  package var typed = TypedOptions()
  /// The first host of the whole group, or nil if the group has none.
  package var first: Host?
  /// The partners, numbered after the hosts. Their paths are unknown before a survey.
  package var partners: [Partner]

  /// - Parameter unclear: problems of the request that were already found. If there are any, the initializer throws.
  /// - Throws: an error that lists all problems of the request, each with the most similar name if there is one.
  package init(_ request: DeploymentRequest, in project: Project, besides unclear: [Problem] = []) throws(Problems) {
    var problems = unclear
    let (recipe, group): (Recipe, DeploymentGroup)
    do throws(Problems) {
      (recipe, group) = try Self.target(of: request, in: project)
    } catch { throw Problems(problems + error.list) }
    var hosts = group.hosts
    let filter = HostFilter(request.only)
    problems += filter.problems(hosts, of: group.name)
    hosts = hosts.filter(filter.takes)
    if hosts.isEmpty, problems.isEmpty {
      problems.append(
        Problem(
          "\(GroupName(group.name).noun) select\(group.name.isEmpty ? "" : "s") no host", place: group.place,
          fix: "name hosts in it, or widen its selection"))
    }
    problems += Self.sharedPlaces(hosts, recipe) + Slots.problems(hosts, recipe) + recipe.undoProblems
    let checked = ParameterCheck(recipe.parameters, inherited: recipe.inherited, given: request.parameters, group: group.params)
    problems += checked.problems(besides: unclear)
    var partners: [Partner] = []
    do throws(Problems) {
      partners = try Partners.declared(by: recipe, group: group.name, in: project, after: hosts.count)
    } catch { problems += error.list }
    guard problems.isEmpty else { throw Problems(problems) }
    self.recipe = recipe
    self.partners = partners
    self.group = group.name
    self.hosts = Self.numbered(hosts, recipe)
    let left = group.hosts.filter { !filter.takes($0) }
    bystanders = Self.numbered(left, recipe)
    first = Self.numbered(group.hosts, recipe).first
    others = bystanders.count
    configuration = recipe.configuration ?? DeploymentConfiguration()
    parameters = checked.values
    typed = TypedOptions(request)
    given = request.parameters.map(\.name) + group.params.members.map(\.name)
  }

  /// Whether the survey has to include the hosts that the request leaves out. This is the case if the configuration requires a minimum
  /// number of serving hosts, or if the omitted hosts might have marks of the recipe's stages.
  package var asksBystanders: Bool { !bystanders.isEmpty && (countsBystanders || remembersStages) }
  /// Whether the configuration depends on how many of the hosts that the request leaves out are serving.
  package var countsBystanders: Bool { configuration.floor != nil || configuration.healthy != nil }
  /// Whether hosts keep marks of the recipe's stages.
  package var remembersStages: Bool { recipe.flow.stages.contains { $0.terms.map { $0.leavesMark || $0.undo != nil } == true } }

  private static func numbered(_ hosts: [Host], _ recipe: Recipe) -> [Host] {
    hosts.enumerated().map { number, host in
      var host = host
      host.number = number
      host.user = host.user ?? recipe.user
      return host
    }
  }

  /// Returns the recipe and group that the request names.
  /// - Throws: an error if the recipe or the group does not exist. The error also lists all other problems that can be found without it.
  private static func target(of request: DeploymentRequest, in project: Project) throws(Problems) -> (Recipe, DeploymentGroup) {
    let recipe: Recipe
    do throws(Problems) {
      recipe = try self.recipe(request.recipe, in: project)
    } catch {
      let isThere = request.group.map { name in project.groups.contains { $0.name.isExactly(name) } } ?? true
      throw isThere ? error : Problems(error.list + [missing(request.group ?? "", in: project)])
    }
    do throws(Problems) { return (recipe, try group(request.group, of: recipe, in: project)) } catch {
      // The group might give a parameter that is missing from the request.
      let given = request.parameters.map { "--\($0.name)" }
      let checked = ParameterCheck(recipe.parameters, inherited: recipe.inherited, given: request.parameters, group: .record([]))
      throw Problems(error.list + checked.problems.filter { $0.subject.map(given.contains) ?? false })
    }
  }

  private static func missing(_ group: String, in project: Project, place: SourcePlace? = nil) -> Problem {
    Problem(
      "there is no group \"\(group)\"", place: place,
      fix: NearMatch.hint(group, among: project.groups.map(\.name)) ?? "define it: group \"\(group)\" { hosts = { … } }")
  }

  /// Returns a problem for each host that uses the same folder on the same machine as another host, because their deployments would undo
  /// each other's work.
  private static func sharedPlaces(_ hosts: [Host], _ recipe: Recipe) -> [Problem] {
    var seen: [[String]: String] = [:]
    return hosts.compactMap { host in
      guard host.argv == nil else { return nil }
      let machine = host.isThisMachine ? "" : host.address ?? host.name
      let place = [host.transport, machine, "\(host.port ?? 0)", host.place(recipe.placement.path)]
      guard let other = seen[place] else {
        seen[place] = host.name
        return nil
      }
      return Problem(
        "it is the same place as host \(other): \(host.place(recipe.placement.path))", place: recipe.place, subject: host.name,
        fix: "give each host an address, a port or a root of its own")
    }
  }

  package static func recipe(_ name: String?, in project: Project) throws(Problems) -> Recipe {
    let names = project.recipes.map(\.name)
    guard let name else {
      if project.recipes.count == 1 { return project.recipes[0] }
      throw Problems(
        Problem(
          names.isEmpty ? "deploy.lua declares no recipe" : "deploy.lua declares \(names.count) recipes, so one has to be named",
          fix: names.isEmpty ? "add one: recipe \"web\" { … }" : NearMatch.hint("", among: names)))
    }
    guard let recipe = project.recipes.first(where: { $0.name.isExactly(name) }) else {
      // The person might have typed a group's name where a recipe's name belongs. A recipe with a similar name is proposed first.
      let groups = project.groups.map(\.name)
      let group =
        groups.contains { $0.isExactly(name) } ? name : NearMatch.of(name, among: names) == nil ? NearMatch.of(name, among: groups) : nil
      let isGroup = group.map { "\($0) is a group: did you mean --group \($0)?" }
      throw Problems(Problem("there is no recipe \"\(name)\"", fix: isGroup ?? NearMatch.hint(name, among: names)))
    }
    return recipe
  }

  package static func group(_ name: String?, of recipe: Recipe, in project: Project) throws(Problems) -> DeploymentGroup {
    let wanted: String
    switch (name, recipe.targets) {
    case (let name?, _): wanted = name
    case (nil, .group(let name)): wanted = name
    case (nil, .hosts(let group)): return group
    case (nil, .unset):
      throw Problems(
        Problem(
          "recipe \"\(recipe.name)\" has no targets", place: recipe.place,
          fix: "add targets = group \"production\" to it, or say --group: "
            + (NearMatch.hint("", among: project.groups.map(\.name)) ?? "define one first")))
    }
    guard let group = project.groups.first(where: { $0.name.isExactly(wanted) }) else {
      throw Problems(missing(wanted, in: project, place: name == nil ? recipe.place : nil))
    }
    return group
  }

  /// Whether a name matches a pattern, in which `*` matches any number of characters.
  package static func matches(_ name: String, _ pattern: String) -> Bool {
    let star = UInt8(ascii: "*")
    let (name, pattern) = (Array(name.utf8), Array(pattern.utf8))
    return Glob.matches(
      pattern: pattern.count, name: name.count, isStar: { pattern[$0] == star }, step: { pattern[$0] == name[$1] ? $0 + 1 : nil })
  }
}
