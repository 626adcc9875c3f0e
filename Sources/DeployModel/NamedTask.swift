/// A task that a recipe declares: a runbook for the recipe's hosts, with its own parameters.
package struct NamedTask: Sendable, Hashable, Codable {
  package let name: String
  package let summary: String
  package let parameters: [Parameter]
  /// The number of the recipe's `function(deployment)`, which runs once before any host's part, or nil if there is none.
  package let once: Int?
  package let work: HostTask
  /// The strategy, or nil if all hosts change in one wave.
  package let strategy: Strategy?
  package let place: SourcePlace?

  package init(
    name: String, summary: String = "", parameters: [Parameter] = [], once: Int? = nil, work: HostTask, strategy: Strategy? = nil,
    place: SourcePlace? = nil
  ) {
    self.name = name
    self.summary = summary
    self.parameters = parameters
    self.once = once
    self.work = work
    self.strategy = strategy
    self.place = place
  }

  /// Whether the task does anything on individual hosts.
  package var takesHosts: Bool { work.function != nil || work.around != nil }
}

extension Recipe {
  /// Returns a recipe that runs a task instead of a deployment. It has the same hosts, bounds, path and partners, but no bundle, and it has
  /// the task's stages. A caller is also allowed to set the recipe's own parameters. Those that the caller does not set keep the values of
  /// the deployment that brought the release.
  package func doing(_ task: NamedTask) -> Recipe {
    let once = task.once.map { Stage.script(name: "once", summary: task.summary, function: $0, when: nil, place: task.place) }
    var recipe = withoutRevision(
      parameters: task.parameters, stages: [once].compactMap { $0 } + [.rollout(task.takesHosts ? task.strategy : nil)])
    recipe.task = task
    recipe.inherited = parameters.filter { one in one.standard == nil && !task.parameters.contains { $0.name.isExactly(one.name) } }
    recipe.place = task.place ?? place
    return recipe
  }

  /// Returns the recipe without its revision, with the same hosts, bounds, path and partners. Of its own parameters, it keeps those that
  /// have a default.
  func withoutRevision(parameters own: [Parameter], stages: [Stage]) -> Recipe {
    var recipe = self
    recipe.tasks = []
    recipe.parameters = own + parameters.filter { one in one.standard != nil && !own.contains { $0.name.isExactly(one.name) } }
    recipe.flow.stages = stages
    (recipe.flow.onSuccess, recipe.flow.onFailure, recipe.flow.rollback) = ([], [], true)
    (recipe.revision, recipe.appspec, recipe.freeze, recipe.alarm) = (nil, nil, [], nil)
    return recipe
  }
}

extension Project {
  /// Returns the project with recipes that run this task instead of a deployment. Recipes without the task are left out.
  /// - Parameter recipe: the name of the recipe that the caller typed after the task, or nil if the caller typed none.
  /// - Throws: an error if no recipe has the task, or if `recipe` does not have it.
  package func running(_ task: String, of recipe: String?, hint: (String, [String]) -> String?) throws(Problems) -> Project {
    let own = recipe.flatMap { name in recipes.first { $0.name.isExactly(name) } }
    var project = self
    project.recipes = (own.map { [$0] } ?? recipes).compactMap { one in
      one.tasks.first { $0.name.isExactly(task) }.map { one.doing($0) }
    }
    guard project.recipes.isEmpty else { return project }
    let names = (own.map { [$0] } ?? recipes).flatMap { $0.tasks.map(\.name) }
    let others = recipes.filter { one in one.tasks.contains { $0.name.isExactly(task) } }.map(\.name)
    let fix =
      others.first.map { "recipe \"\($0)\" has it: lander run \(task) \($0)" } ?? hint(task, names)
      ?? (names.isEmpty ? "add one to a recipe: tasks = { task \"\(task)\" { run = function(host) … end } }" : "lander list shows tasks")
    throw Problems(
      Problem("\(own.map { "recipe \"\($0.name)\"" } ?? "deploy.lua") has no task \"\(task)\"", place: own?.place, fix: fix))
  }
}

extension Recipe {
  /// Returns the purpose that the hosts' locks state, such as `deploy web of shop to production`.
  package func purpose(on group: String) -> String {
    let words = GroupName(group).words
    if let task { return "run \(task.name) of \(application) on \(words)" }
    return removal == nil ? "deploy \(name) of \(application) to \(words)" : "remove \(name) of \(application) from \(words)"
  }
}
