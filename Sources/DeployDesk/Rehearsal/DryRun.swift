import DeployCore
package import DeployModel

/// Runs each recipe of a project twice against simulated hosts: once without a release on the hosts, and once with an earlier release. This
/// finds mistakes that appear only when a function runs.
package struct DryRun: Sendable {
  let project: LoadedProject
  let stage: RehearsalStage
  /// A function that returns a time zone's table, for `Recipe.zones`, or nil if time zones are not checked.
  let zones: (@Sendable (String) -> [UInt8]?)?
  /// The largest number of similar recipes that are run. Recipes that the same loop defines are similar.
  static let alike = 20

  package init(project: LoadedProject, stage: RehearsalStage, zones: (@Sendable (String) -> [UInt8]?)? = nil) {
    self.project = project
    self.stage = stage
    self.zones = zones
  }

  /// The findings in the recipes' functions.
  package struct Result: Sendable {
    /// The mistakes that occur no matter how the hosts answer.
    package var problems: [Problem] = []
    /// The mistakes that might occur, and the parts that the rehearsal did not reach.
    package var warnings: [Problem] = []

    /// Returns the given warnings without those that a problem already covers.
    package func unsaid(_ others: [Problem]) -> [Problem] { others.filter { !$0.isSaid(in: problems) } }

    /// Throws the problems, if there are any.
    package func refuse() throws(Problems) { if !problems.isEmpty { throw Problems(problems) } }

    mutating func add(_ findings: [RehearsalFinding]) {
      for finding in findings {
        if finding.isCertain {
          if !problems.contains(finding.problem) { problems.append(finding.problem) }
        } else if !warnings.contains(finding.warning), !finding.problem.isSaid(in: problems) {
          warnings.append(finding.warning)
        }
      }
    }
  }

  /// Returns the findings in all recipes of the project.
  package func result() async throws -> Result {
    var result = Result()
    var shapes: [[String]: Int] = [:]
    let paths = PathOwners(project.project)
    for recipe in project.project.recipes {
      result.problems += recipe.lacks(in: project.project)
      if let zones { do { _ = try recipe.zones(from: zones) } catch { result.problems += error.list } }
      result.problems += paths.problems(of: recipe).filter { !result.problems.contains($0) }
      if let missing = recipe.sourceProblem(in: project.folder, stage.files) { result.warnings.append(missing) }
      shapes[recipe.shape, default: 0] += 1
      if shapes[recipe.shape, default: 0] > Self.alike { continue }
      do {
        guard let selection = try selection(of: recipe) else { continue }
        for isFresh in [true, false] { result.add(try await findings(selection, isFresh: isFresh)) }
        for task in recipe.tasks {
          guard let selection = try self.selection(of: recipe.doing(task)) else { continue }
          // A task that takes hosts out of service is refused on hosts without a release, so it is not run there.
          result.add(try await findings(selection, isFresh: false))
          if let warning = task.idleAround(of: recipe) { result.warnings.append(warning) }
        }
      } catch { result.problems += error.list.filter { !result.problems.contains($0) } }
    }
    for recipe in project.project.recipes {
      guard let count = shapes.removeValue(forKey: recipe.shape), count > Self.alike else { continue }
      result.warnings.append(
        Problem("\(count.grouped) recipes are alike: the functions of \(Self.alike) of them were played", place: recipe.place))
    }
    if project.project.recipes.isEmpty, project.project.groups.isEmpty {
      result.problems.append(
        Problem(
          "deploy.lua describes nothing", place: SourcePlace(file: "deploy.lua", line: 1),
          fix: "write recipe \"app\" { … } in it; lander init in an empty folder shows one"))
    }
    return result
  }

  /// Returns the findings of a run of a selection's recipe against simulated hosts.
  /// - Parameter isFresh: whether the hosts have no release. If false, they run an earlier release of the recipe.
  func findings(_ selection: Selection, isFresh: Bool) async throws(Problems) -> [RehearsalFinding] {
    let few = DryRun.few(selection.hosts)
    let found = try await play(selection, few, isFresh)
    // A strategy might take a different path if it sees fewer hosts than the group has.
    guard few.count < selection.hosts.count, found.contains(where: \.isOfFleet) else { return found }
    if selection.hosts.count <= 10_000 { return try await play(selection, selection.hosts, isFresh) }
    return found.map { finding in
      var finding = finding
      if finding.isOfFleet { finding.isCertain = false }
      return finding
    }
  }

  private func play(
    _ selection: Selection, _ hosts: [Host], _ isFresh: Bool
  ) async throws(Problems) -> [RehearsalFinding] {
    var selection = selection
    // Not all similar hosts are simulated. The hosts that are left out count as serving.
    selection.others += selection.hosts.count - hosts.count
    selection.hosts = hosts
    // The parameters of the deployed release are unknown here.
    let unknown = selection.recipe.inherited.filter { selection.parameters[$0.name] == nil }.map { ($0.name, $0.kind.sample) }
    selection.parameters = .record(of: selection.parameters.members.map { ($0.name, $0.value) } + unknown)
    let plan = try Planner.simulated(selection, isFresh: isFresh, by: stage.identity())
    do { return try await Rehearsing(plan: plan, project: project, stage: stage, mode: .check).run().findings } catch let problems
      as Problems
    {
      throw problems
    } catch { throw Problems(Problem("the rehearsal failed: \(error)"), exit: .internal) }
  }

  /// Returns a few hosts of each kind. Hosts with the same tags and variables behave alike.
  private static func few(_ hosts: [Host]) -> [Host] {
    var seen: [[Value]: Int] = [:]
    let few = hosts.filter { host in
      seen[[host.tags, host.vars], default: 0] += 1
      return seen[[host.tags, host.vars], default: 0] <= 3
    }
    return few.prefix(60).enumerated().map { number, host in
      var host = host
      host.number = number
      return host
    }
  }

  /// Returns the selection of the recipe's own group or, if it has none, of the first group. Returns nil if there is no group.
  private func selection(of recipe: Recipe) throws(Problems) -> Selection? {
    let group = recipe.targets == .unset ? project.project.groups.first?.name : nil
    if recipe.targets == .unset, group == nil { return nil }
    let parameters = recipe.parameters.filter { $0.standard == nil }.map { Value.Member($0.name, $0.kind.sample) }
    var declared = project.project
    if let index = declared.recipes.firstIndex(where: { $0.name.isExactly(recipe.name) }) {
      // The values of required parameters are unknown, and a sample string might not match a parameter's pattern.
      declared.recipes[index] = recipe
      declared.recipes[index].parameters = recipe.parameters.map { $0.standard == nil ? $0.withoutPattern : $0 }
    }
    return try Selection(DeploymentRequest(recipe: recipe.name, group: group, parameters: parameters), in: declared)
  }
}

extension Problem {
  /// Whether one of the given problems is about the same line.
  fileprivate func isSaid(in others: [Problem]) -> Bool { place.map { place in others.contains { $0.place == place } } ?? false }
}

extension Parameter.Kind {
  /// A value of this kind, for simulations.
  fileprivate var sample: Value {
    switch self {
    case .boolean: true
    case .integer(let min, let max): .int(min ?? max ?? 1)
    case .number(let min, let max): .number(min ?? max ?? 1)
    case .percent: "10%"
    case .string(let match): .text(match.flatMap { LuaPattern($0)?.sample } ?? "x")
    case .choice(let choices): .text(choices.first ?? "")
    case .duration: "1m"
    case .list(let choices, let match, let min, _):
      .list((0..<(min ?? 1)).map { .text(choices.isEmpty ? match.flatMap { LuaPattern($0)?.sample } ?? "x" : choices[$0 % choices.count]) })
    }
  }
}

extension Parameter {
  fileprivate var withoutPattern: Parameter {
    var free = self
    switch kind {
    case .string: free.kind = .string(match: nil)
    case .list(let choices, _, let min, let max): free.kind = .list(choices: choices, match: nil, min: min, max: max)
    default: break
    }
    return free
  }
}
