import DeployModel

/// Translates the description of a project, as the prelude made it, into the model.
struct ProjectReader {
  /// Finds the lines of fields in the sources.
  let lines: FieldLines

  func project(_ value: Value) -> Project {
    Project(
      recipes: list(value["recipes"]).map(recipe), groups: list(value["groups"]).map(group),
      configurations: list(value["configurations"]).map(configuration))
  }

  /// Returns the problems, in the order of files and lines.
  /// - Parameter more: problems from elsewhere.
  func problems(_ value: Value, and more: [Problem] = []) -> [Problem] {
    let found =
      list(value["problems"]).map { problem in
        Problem(problem["message"]?.text ?? "", place: place(problem), fix: problem["fix"]?.text)
      } + more
    var seen: Set<Problem> = []
    var files: [String] = []
    for problem in found { if let file = problem.place?.file, !files.contains(file) { files.append(file) } }
    let ordered = found.filter { seen.insert($0).inserted }.enumerated().map { index, problem in
      (problem.place.flatMap { files.firstIndex(of: $0.file) } ?? -1, problem.place?.line ?? 0, index, problem)
    }
    return ordered.sorted { ($0.0, $0.1, $0.2) < ($1.0, $1.1, $1.2) }.map(\.3)
  }

  /// Returns the warnings. They are about parts of a base that are not used.
  func warnings(_ value: Value) -> [Problem] {
    list(value["warnings"]).map { Problem($0["message"]?.text ?? "", place: place($0), fix: $0["fix"]?.text) }
  }

  func list(_ value: Value?) -> [Value] { value?.list ?? [] }

  /// Returns the place of a part of the description. For a field, it is the field's own line if that can be found.
  func place(_ value: Value) -> SourcePlace? {
    guard let file = value["file"]?.text, let line = value["line"]?.int else { return nil }
    guard let field = value["field"]?.text else { return SourcePlace(file: file, line: line) }
    return SourcePlace(file: file, line: lines.line(of: field, in: file, after: line) ?? line)
  }

  private func texts(_ value: Value?) -> [String] { list(value).compactMap(\.text) }
  private func numbers(_ value: Value?) -> [Int] { list(value).compactMap(\.int) }
  /// Returns a record. An empty table arrives from Lua as a list.
  private func record(_ value: Value?) -> Value { if let value, case .record = value { value } else { .record([]) } }
  private func amount(_ value: Value?) -> Amount? {
    if let count = value?["count"]?.int { return .count(count) }
    return number(value?["percent"]).map { .percent($0) }
  }
  private func number(_ value: Value?) -> Double? {
    switch value {
    case .int(let whole): Double(whole)
    case .number(let number): number
    default: nil
    }
  }

  // MARK: groups and configurations

  private func host(_ value: Value) -> DeployModel.Host {
    Host(
      name: value["name"]?.text ?? "", transport: value["transport"]?.text ?? "ssh", address: value["address"]?.text,
      port: value["port"]?.int, user: value["user"]?.text, root: value["root"]?.text, argv: value["argv"].map { texts($0) },
      tags: record(value["tags"]), vars: record(value["vars"]), slot: value["slot"]?.text)
  }

  private func group(_ value: Value) -> DeploymentGroup {
    DeploymentGroup(
      name: value["name"]?.text ?? "", hosts: list(value["hosts"]).map(host), tags: record(value["tags"]), params: record(value["params"]),
      place: place(value))
  }

  private func configuration(_ value: Value) -> DeploymentConfiguration {
    DeploymentConfiguration(
      name: value["name"]?.text ?? "", floor: amount(value["floor"]), parallel: amount(value["parallel"]),
      failed: amount(value["failed"]) ?? .count(0), failedInWave: amount(value["wave"]),
      unreachable: amount(value["unreachable"]) ?? .count(0), healthy: healthy(value["healthy"]), base: number(value["base"]),
      apart: value["apart"].map { texts($0) }, alone: value["alone"].map { texts($0) }, each: value["each"].map(neighbourRule),
      place: place(value))
  }

  private func neighbourRule(_ value: Value) -> NeighbourRule {
    NeighbourRule(tag: value["tag"]?.text ?? "", floor: amount(value["floor"]), failed: amount(value["failed"]))
  }

  private func healthy(_ value: Value?) -> MinimumHealthy? {
    if value?["all_but_one"]?.bool == true { return .allButOne }
    return amount(value).map { .amount($0) }
  }

  // MARK: recipes

  private func recipe(_ value: Value) -> Recipe {
    let hooks = list(value["hooks"]).compactMap { hook -> Recipe.Hook? in
      guard let event = LifecycleEvent(rawValue: hook["event"]?.text ?? ""), let function = hook["function"]?.int else { return nil }
      return Recipe.Hook(event: event, function: function, place: place(hook))
    }
    let origins = list(value["origins"]).map { origin in
      Value.Member(origin["name"]?.text ?? "", .text(fieldPlace(origin)?.description ?? ""))
    }
    let placement = Placement(
      path: value["path"]?.text ?? "/", shared: texts(value["shared"]), keep: value["keep"]?.int ?? 5,
      reuse: value["reuse"]?.text.flatMap(Placement.Reuse.init) ?? .copy)
    let flow = Recipe.Flow(
      stages: list(value["stages"]).compactMap(stage), hooks: hooks, onFailure: numbers(value["on_failure"]),
      onSuccess: numbers(value["on_success"]), rollback: value["rollback"]?.bool ?? true)
    var recipe = Recipe(
      name: value["name"]?.text ?? "", application: value["application"]?.text, revision: value["revision"].map(revision),
      targets: targets(value["targets"]), configuration: value["configuration"].map(configuration), placement: placement,
      user: value["user"]?.text, parameters: list(value["params"]).map(parameter), flow: flow, appspec: value["appspec"].map(appSpec),
      place: place(value), origins: origins, partners: texts(value["partners"]))
    recipe.freeze = list(value["freeze"]).map(freeze)
    recipe.alarm = value["alarm"].flatMap(alarm)
    recipe.tasks = list(value["tasks"]).map(task)
    return recipe
  }

  private func task(_ value: Value) -> NamedTask {
    let work = HostTask(
      name: value["name"]?.text ?? "", function: value["run"]?.int, around: value["around"]?.text.flatMap(HostTask.Around.init))
    return NamedTask(
      name: work.name, summary: value["summary"]?.text ?? "", parameters: list(value["params"]).map(parameter), once: value["once"]?.int,
      work: work, strategy: value["strategy"].map(strategy), place: place(value))
  }

  /// Reads an alarm, or nil if it is incomplete. Incomplete alarms are reported elsewhere.
  private func alarm(_ value: Value) -> Alarm? {
    let check: Check? =
      switch value["check"]?.text {
      case "http": value["url"]?.text.map { .http(url: $0, status: numbers(value["status"])) }
      case "port": value["port"]?.int.map { .port($0) }
      case "command": value["command"]?.text.map { .command($0) }
      default: nil
      }
    guard let check, let during = value["during"]?.int, let every = value["every"]?.int, let limit = value["limit"]?.int else { return nil }
    return Alarm(
      during: Interval(milliseconds: during), check: check, isFromEngine: value["engine"]?.bool ?? false,
      every: Interval(milliseconds: every), limit: Interval(milliseconds: limit), allow: value["allow"]?.int ?? 0,
      name: value["name"]?.text ?? "alarm", place: place(value))
  }

  private func freeze(_ value: Value) -> FreezeWindow {
    FreezeWindow(
      days: numbers(value["days"]),
      dates: list(value["dates"]).map { FreezeWindow.Dates(first: $0["first"]?.int ?? 0, last: $0["last"]?.int ?? 0) },
      from: value["from"]?.int ?? 0, to: value["to"]?.int ?? 1440, zone: value["zone"]?.text ?? "UTC",
      name: value["name"]?.text ?? "freeze", place: place(value))
  }

  private func appSpec(_ value: Value) -> AppSpecOptions {
    AppSpecOptions(
      file: value["file"]?.text ?? "appspec.yml",
      fileExists: value["file_exists"]?.text.flatMap(AppSpecOptions.FileExists.init) ?? .disallow, restore: value["restore"]?.bool ?? true,
      ignoresStopFailures: value["ignore_stop_failures"]?.bool ?? false,
      foreignLinks: value["foreign_links"]?.text == "refuse" ? .refuse : nil, user: value["user"]?.text)
  }

  func fieldPlace(_ origin: Value) -> SourcePlace? {
    guard let file = origin["file"]?.text, let line = origin["line"]?.int, let name = origin["name"]?.text else { return nil }
    return SourcePlace(file: file, line: lines.line(of: name, in: file, after: line) ?? line)
  }

  private func revision(_ value: Value) -> Revision {
    let source: Revision.Source =
      if let ref = value["git"]?.text { .git(ref: ref, repository: value["repository"]?.text ?? ".") } else {
        .path(value["from"]?.text ?? ".")
      }
    return Revision(source: source, build: value["build"]?.text, ignore: texts(value["ignore"]), place: place(value))
  }

  private func targets(_ value: Value?) -> Recipe.Targets {
    if let name = value?["group"]?.text { return .group(name) }
    if let hosts = value?["hosts"] { return .hosts(group(hosts)) }
    return .unset
  }

  private func parameter(_ value: Value) -> Parameter {
    let kind: Parameter.Kind =
      switch value["kind"]?.text {
      case "boolean": .boolean
      case "integer": .integer(min: value["min"]?.int, max: value["max"]?.int)
      case "number": .number(min: number(value["min"]), max: number(value["max"]))
      case "percent": .percent
      case "choice": .choice(texts(value["choices"]))
      case "duration": .duration
      case "list":
        .list(choices: texts(value["choices"]), match: value["match"]?.text, min: value["min"]?.int, max: value["max"]?.int)
      default: .string(match: value["match"]?.text)
      }
    return Parameter(
      name: value["name"]?.text ?? "", kind: kind, standard: value["default"], help: value["help"]?.text ?? "", place: place(value))
  }

  private func stage(_ value: Value) -> Stage? {
    switch value["kind"]?.text {
    case "upload": .upload
    case "rollout": .rollout(value["strategy"].map(strategy))
    case "script":
      .script(
        name: value["name"]?.text ?? "", summary: value["summary"]?.text ?? "", function: value["function"]?.int ?? 0,
        when: value["when"]?.int, place: place(value), terms: value["terms"].map(terms))
    default: nil
    }
  }

  private func terms(_ value: Value) -> StageTerms {
    let ground: StageTerms.Ground? =
      switch value["on"]?.text {
      case "host": .host
      case "engine": .engine
      default: value["group"]?.text.map { .group($0) }
      }
    return StageTerms(
      once: value["once"]?.text.flatMap(StageTerms.Once.init), ground: ground,
      irreversible: value["irreversible"]?.bool == true ? true : nil, undo: value["undo"]?.int)
  }

  private func strategy(_ value: Value) -> Strategy {
    Strategy(
      name: value["name"]?.text ?? "", function: value["function"]?.int ?? 0, options: record(value["options"]),
      batch: amount(value["batch"]), place: place(value), traffic: value["traffic"].map(traffic))
  }

  private func traffic(_ value: Value) -> TrafficAdapter {
    TrafficAdapter(
      pools: list(value["pools"]).compactMap(\.text), read: value["read"]?.int ?? 0, weight: value["weight"]?.int ?? 0, place: place(value))
  }
}
