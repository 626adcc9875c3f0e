import DeployCore
import DeployModel
import DeployReport
import DeployStore
import PlanDrafts

/// Arguments that a user types after `lander deploy`, and the parameters, hosts and shares of recipes and groups.
struct ParameterInputs: InputKind {
  private static let seeds = ["10%", "90s", "1.5m", "true", "12", "0.5", "web1", "web*", "*", "50%", "a b", "2h", "e\u{301}", ""]
  private static let words = [
    "%", "s", "d", "h", "ms", "*", "-", "+", "e", "E", ".", "\u{212A}", "\u{0}", "0x", "inf", "nan", "true", "**", "?",
  ]

  func input(_ seed: UInt64) -> [UInt8] {
    var chance = Chance(seed)
    if chance.happens(1, in: 3) { return Array(chance.pick(Mutator.numbers).utf8) }
    return Mutator.text(Array(chance.pick(Self.seeds).utf8), Self.words, &chance)
  }

  func read(_ input: [UInt8], _ seed: UInt64) throws {
    var chance = Chance(seed &+ 1)
    let text = String(decoding: input, as: UTF8.self)
    let number = Double(text)
    let values: [Value] = [.text(text), number.map { .number($0) } ?? .null, Int(text).map { .int($0) } ?? .null]
    let bounds = (chance.pick([nil, -1, .min]), chance.pick([nil, 9, .max]) as Int?)
    let kinds: [Parameter.Kind] = [
      .boolean, .integer(min: bounds.0, max: bounds.1), .number(min: bounds.0.map(Double.init), max: number), .percent,
      .string(match: text),
      .choice([text, "b"]), .duration,
      .list(choices: chance.pick([[], [text, "b"]]), match: chance.pick([nil, text]), min: bounds.0, max: bounds.1),
    ]
    let parameters = kinds.enumerated().map { Parameter(name: "p\($0)", kind: $1, standard: chance.pick(values), help: text) }
    for value in values {
      let given = parameters.map { Value.Member($0.name, value) } + [Value.Member(text, value)]
      let checked = ParameterCheck(parameters, given: given, group: .record(of: [(text, value)]))
      _ = try? CompactJSON.encode(checked.values)
      show(checked.values, parameters, number, text)
    }
    for name in Self.seeds + [text] { _ = Selection.matches(name, text) && Selection.matches(text, name) }
    let interval = Interval(text) ?? Interval(milliseconds: Int(text) ?? 0)
    _ = "\(interval + interval) \(Interval.minutes(interval.milliseconds)) \(interval.duration)"
  }

  private func show(_ values: Value, _ parameters: [Parameter], _ number: Double?, _ text: String) {
    let share = Amount.percent(number ?? 0)
    _ = [0, 1, 10_000].map { share.atMost(of: $0).plus(share.atLeast(of: $0)) }
    let configuration = DeploymentConfiguration(
      name: text, floor: share, parallel: .count(Int(text) ?? 0), failed: share, unreachable: .count(Int(text) ?? .max))
    let strategy = Strategy(name: text, function: 0, options: values, batch: share)
    let hosts = ["a", text].map { Host(name: $0, address: text, port: Int(text)) }
    let recipe = Recipe(
      name: text, targets: .hosts(DeploymentGroup(name: text, hosts: hosts)), configuration: configuration,
      placement: Placement(path: "/srv/\(text)"),
      parameters: parameters, flow: Recipe.Flow(stages: [.rollout(strategy)]))
    let project = Project(
      recipes: [recipe], groups: [DeploymentGroup(name: "g", hosts: hosts, params: values)], configurations: [configuration])
    let surface = Surface(isTerminal: false, columns: nil, rows: nil, zone: Int(text) ?? 0) { $0 == "COLUMNS" ? text : nil }
    _ = ProjectReport(project).lines(on: surface) + recipe.lines(on: surface)
    _ = JSON.text(ProjectReport(project).value)
    let request = DeploymentRequest(recipe: text, only: [text], parameters: parameters.map { Value.Member($0.name, .text(text)) })
    _ = try? Selection(request, in: project)
    var plan = SamplePlan.plan("d")
    plan = plan.edited {
      $0.parameters = values
      $0.at = Timestamp(milliseconds: Int(text) ?? 0)
      $0.stages = recipe.flow.stages
      $0.bounds = Bounds(floor: share.atLeast(of: 2), parallel: Int(text) ?? 1, failed: 0, unreachable: 0)
    }
    _ = PlanReport(plan).lines(on: surface)
    _ = try? CompactJSON.encode(plan)
  }
}
