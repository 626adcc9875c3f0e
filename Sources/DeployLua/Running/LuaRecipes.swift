import DeployCore
package import DeployModel

/// The scripts of one deployment. Each recipe of the plan has its own Lua state, which is loaded from pinned sources only.
///
/// Functions get their numbers when the sources are read. The reading is deterministic: sources are read in the order of their `require`s,
/// and tables are visited in the order of their keys. Functions are numbered in the order of the recipes. Within a recipe, the hooks come
/// first, then the stages, and then `on_failure` and `on_success`. The same sources give the same numbers on any machine. Functions that
/// are created while a deployment runs (`each`, `all`, `within`) get the next numbers, in the order in which they are requested.
///
/// The `when` of a stage is a function like any other: it is started on `.deployment` and returns `.bool`.
package final class LuaRecipes: Scripts {
  /// One recipe of the plan.
  private struct Loaded {
    let state: LuaState
  }

  /// A script that waits for its next step.
  private final class Running {
    let recipe: Int
    let task: LuaState.Task?
    let host: String?
    /// The place where a person named this strategy, or nil if the script is not a strategy.
    var named: SourcePlace?
    /// The functions that the script has registered for the children that it waits for.
    var children: [Int] = []
    /// The host whose operation the script waits for, or nil if there is none.
    var asking: String?
    var begun = false
    var cancelled: Failure?
    /// The number of calls of `each`, `all` and `within` around the script.
    let depth: Int

    init(recipe: Int, task: LuaState.Task?, host: String?, depth: Int) {
      self.depth = depth
      self.recipe = recipe
      self.task = task
      self.host = host
    }
  }

  private let plan: Plan
  private var loaded: [Loaded]
  /// Loads a recipe anew, for an undo on another host than the plan elects. Its targets begin with that host. Returns nil if that is not
  /// possible.
  private let reload: (_ recipe: Int, _ first: Int) -> Loaded?
  private var running: [ScriptID: Running] = [:]
  /// The functions that will be started as children, with their depth.
  private var expected: [Body: Int] = [:]
  /// The findings of a rehearsal in the last step, in order.
  private(set) var notes: [RehearsalNote] = []
  /// The kind of the error that ended a script in the last step, as the recipe raised it.
  private(set) var raised = ""
  /// The deepest nesting of `each`, `all` and `within`.
  package static let deepest = 32
  private var given = GivenFailures()

  /// - Parameters:
  ///   - sources: the complete sources for each index of `plan.content.recipes`.
  ///   - rehearsal: the rehearsal, or nil if the deployment is real.
  ///   - coverage: records which lines run, or nil to record nothing.
  ///   - takesLines: whether a person types lines for these scripts. Such scripts are never resumed.
  ///   - seed: the seed of `math.random`, or nil for the plan's.
  ///   - facts: keeps what Lua learns about the plan, so that other scripts of the same plan do not have to make it again, or nil to keep
  ///     nothing.
  /// - Throws: an error that says what is wrong with the sources. In this case, no function has been started.
  package init(
    plan: Plan, sources: [[SourceFile]], limits: LuaLimits? = nil, rehearsal: Rehearsal? = nil, coverage: Coverage? = nil,
    takesLines: Bool = false, seed: UInt64? = nil, facts: PlanFacts? = nil
  ) throws(Problems) {
    self.plan = plan
    var loaded: [Loaded] = []
    let limits = (limits ?? .hosts(plan.hosts.count + plan.partners.count)).covered(by: coverage)
    for (index, files) in sources.enumerated() {
      loaded.append(try Self.load(files, recipe: index, of: plan, limits: limits, rehearsal, takesLines ? .prompt : nil, facts))
      loaded[index].state.seed(seed ?? plan.origin.seed)
    }
    self.loaded = loaded
    reload = { recipe, first in
      let one = try? Self.load(sources[recipe], recipe: recipe, of: plan, limits: limits, rehearsal, nil, nil, first: first)
      one?.state.seed(seed ?? plan.origin.seed)
      return one
    }
  }

  private static func load(
    _ files: [SourceFile], recipe: Int, of plan: Plan, limits: LuaLimits, _ rehearsal: Rehearsal?, _ prelude: PinnedPrelude?,
    _ facts: PlanFacts?, first: Int? = nil
  ) throws(Problems) -> Loaded {
    guard let main = main(of: files) else { throw Problems(Problem("the pinned sources have no deploy.lua"), exit: .internal) }
    let known = facts?[recipe]
    let spec = files.first { SpecPrelude.isSpec($0.path) }
    let read = try LoadedSources(
      files, main: main, spec: spec, only: known?.names ?? PlanFacts.names(in: plan), prelude: prelude, limits: limits)
    let state = read.state
    let start: WireWriter
    if let known {
      start = known.start
    } else {
      let reader = ProjectReader(lines: FieldLines([]))
      guard reader.problems(read.described).isEmpty else {
        throw Problems(ProjectReader(lines: FieldLines(read.files)).problems(read.described))
      }
      let project = reader.project(read.described)
      if plan.content.recipes.indices.contains(recipe),
        let described = project.recipes.first(where: { $0.name.isExactly(plan.content.recipes[recipe].name) })
      {
        try PinnedFunctions(plan: plan, index: recipe, described: described).check()
      }
      let made = DeploymentFacts(plan: plan, recipe: recipe, described: project, rehearsal: rehearsal, first: first).value
      start = state.boundary.arguments(.facts(made))
      facts?.keep(start, of: recipe, in: plan)
    }
    guard let task = state.start(state.number("begin_number"), start), case .returned = task.step(WireWriter()) else {
      throw Problems(Problem("there is not enough memory for \(plan.hosts.count) hosts"), exit: .internal)
    }
    return Loaded(state: state)
  }

  /// Returns `deploy.lua`, or the only file that neither comes with Lander nor belongs to a plugin.
  static func main(of files: [SourceFile]) -> SourceFile? {
    files.first { $0.path == "deploy.lua" }
      ?? files.first { file in !["plugins/", "recipes/", "prelude/", PluginLock.file].contains { file.path.hasPrefix($0) } }
  }

  // MARK: Scripts

  package func start(_ script: ScriptID, _ body: Body, on subject: Subject) {
    guard loaded.indices.contains(body.recipe) else {
      running[script] = Running(recipe: 0, task: nil, host: nil, depth: 0)
      return
    }
    var host: String?
    if case .host(let number) = subject { host = plan.host(number)?.name }
    // Each undone release has a recipe of its own in the plan, so no other function of this recipe runs now.
    if case .undo(let first, _) = subject {
      guard let again = reload(body.recipe, first) else {
        running[script] = Running(recipe: 0, task: nil, host: nil, depth: 0)
        return
      }
      loaded[body.recipe] = again
    }
    let task = loaded[body.recipe].state.start(body.function, start(subject, body), whole: subject == .traffic)
    let depth = subject == .child ? expected.removeValue(forKey: body) ?? 1 : 0
    let one = Running(recipe: body.recipe, task: task, host: host, depth: depth)
    if case .rollout = subject { one.named = plan.flow.strategy?.place }
    running[script] = one
  }

  /// Starts a request of the prompt: `text` is run, or names that begin with `words` are listed. This is only for scripts with
  /// `takesLines`.
  package func start(_ script: ScriptID, request: Value) {
    let task = loaded.first.flatMap { $0.state.start($0.state.number("line_number"), .facts(request), whole: true) }
    running[script] = Running(recipe: 0, task: task, host: nil, depth: 0)
  }

  package func step(_ script: ScriptID, _ answer: Answer) -> Step {
    guard let one = running[script] else {
      return Step(.ended(.raised(ScriptError(Failure(.internal, "script \(script) is not running")))))
    }
    guard let task = one.task else {
      running[script] = nil
      return Step(.ended(.raised(ScriptError(Failure(.internal, "script \(script) has no function, or no memory")))))
    }
    let state = loaded[one.recipe].state
    notes.removeAll(keepingCapacity: true)
    release(one)
    given.take(answer, from: one.asking)
    one.asking = nil
    if case .cancel(let failure) = answer {
      one.cancelled = one.cancelled ?? failure
      if !one.begun { return end(script, .raised(ScriptError(failure, host: one.host)), state) }
      task.cancel()
    }
    one.begun = true
    let boundary = state.boundary
    var words = boundary.reply(answer)
    while true {
      switch task.step(words) {
      case .returned(let value):
        if let failure = one.cancelled { return end(script, .raised(ScriptError(failure, host: one.host)), state) }
        return end(script, .returned(value), state)
      case .raised(let value): return end(script, .raised(error(value, one)), state)
      case .asked(let question):
        do throws(Failure) {
          let request = try boundary.request(question, recipe: one.recipe, hosts: plan.hosts.count + plan.partners.count)
          one.children = request.children
          if case .perform(.host(let number), _, _) = request { one.asking = plan.host(number)?.name }
          if !one.children.isEmpty, one.depth >= Self.deepest {
            words = boundary.reply(refuseDepth(one, task))
            continue
          }
          for child in one.children { expected[Body(recipe: one.recipe, function: child)] = one.depth + 1 }
          return Step(.asked(request), log: log(of: state))
        } catch {
          given.take(.outcome(Outcome(failure: error)), from: nil)
          words = boundary.refusal(error)
        }
      }
    }
  }

  package func kill(_ script: ScriptID) {
    if let one = running.removeValue(forKey: script) { release(one) }
  }

  /// The number of scripts that are waiting.
  package var count: Int { running.count }
  /// Returns the number of bytes and functions in all states, to test for leaks.
  package func usage() -> (memory: Int, functions: Int) {
    for one in loaded { one.state.collect() }
    return (loaded.reduce(0) { $0 + $1.state.memory }, loaded.reduce(0) { $0 + $1.state.functions })
  }

  private func end(_ script: ScriptID, _ result: ScriptResult, _ state: LuaState) -> Step {
    if let one = running.removeValue(forKey: script) { release(one) }
    return Step(.ended(result), log: log(of: state))
  }

  /// Refuses nesting that is deeper than anybody needs, because the traces of all nested functions have to be kept.
  private func refuseDepth(_ one: Running, _ task: LuaState.Task) -> Answer {
    release(one)
    let failure = Failure(
      .invalid, "each, all and within stand inside each other \(Self.deepest) times, and no deeper",
      fix: "call the functions one after the other, or with one each")
    one.cancelled = one.cancelled ?? failure
    task.cancel()
    return .cancel(failure)
  }

  /// Returns the lines that the recipe logged. What a rehearsal found goes into `notes`.
  private func log(of state: LuaState) -> [LogLine] {
    state.takeNotes().compactMap { note in
      if let level = LogLine.Level(rawValue: note.kind) { return LogLine(level, note.value.text ?? "") }
      if let found = state.boundary.note(note.kind, note.value) { notes.append(found) }
      return nil
    }
  }

  private func release(_ one: Running) {
    for child in one.children {
      loaded[one.recipe].state.forget(child)
      expected[Body(recipe: one.recipe, function: child)] = nil
    }
    one.children = []
  }

  private func error(_ value: Value, _ one: Running) -> ScriptError {
    raised = value["kind"]?.text ?? ""
    var error = given.checked(ErrorReader.scriptError(value, place: nil))
    if let failure = one.cancelled { error.failure = failure }
    error.host = error.host ?? one.host
    // If a strategy from another file raises an error, the error also gets the line where the recipe uses the strategy.
    if let named = one.named, let place = error.place, place.file != named.file {
      error.trace.append("\(named): strategy \(plan.flow.strategy?.name ?? "")")
    }
    return error
  }

  private func start(_ subject: Subject, _ body: Body) -> Start {
    switch subject {
    case .host(let number): .host(number)
    case .deployment: .deployment(status: plan.flow.onSuccess.contains(body) ? "succeeded" : "running")
    case .failure(let error), .undo(_, let error?): .failure(error)
    case .undo(_, nil): .deployment(status: "running")
    case .rollout(let options): .rollout(options: options)
    case .weights(let weights): .weights(weights)
    case .traffic: .deployment(status: "running")
    case .child: .child
    }
  }
}
