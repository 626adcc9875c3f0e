import DeployCore
package import DeployModel

/// The scripts of a deployment that is only rehearsed. Every function has limits, and mistakes are collected. If a function fails because
/// of an answer that only a real host can give, it counts as successful, so that the rehearsal continues.
package final class RehearsedScripts: Scripts {
  /// A function of a recipe. Several scripts can run it.
  final class Function {
    let part: RehearsalPart
    /// The number of requests from all of these scripts.
    var asked = 0
    init(_ part: RehearsalPart) { self.part = part }
  }

  /// A running script. It is an object rather than a struct, because there are many scripts, and each step uses one of them.
  final class Running {
    let recipe: Int
    /// The number of the script that the engine started and that led to this one. If the engine started this script, it is the script's own
    /// number.
    let root: ScriptID
    let function: Function
    var requests = 0
    var asleep = Interval.zero
    /// Whether the engine has asked the script to end.
    var isCancelled = false
    /// Whether the script, or a function that it started, has used an answer that only a real host can give. Only notices use
    /// it, because no other script runs while a notice does.
    var hasLooked = false
    var part: RehearsalPart { function.part }

    init(recipe: Int, root: ScriptID, function: Function) {
      self.recipe = recipe
      self.root = root
      self.function = function
    }
  }

  let plan: Plan
  let mode: Rehearsal
  /// Whether the rehearsal makes hosts fail. If it does, an error from a function might just be the function's reaction to such a failure,
  /// and not a mistake in the recipe.
  private let hasFaults: Bool
  /// Whether the rehearsal is one of many runs that measure a rollout. Such a run continues if a stage ends by an error
  /// after it has asked a host for something, because the error might come from the invented answer.
  private let isMeasured: Bool
  private let scripts: LuaRecipes
  /// The running scripts, by number. Numbers are given one after the other.
  private var running: [Running?] = []
  private var functions: [Body: Function] = [:]
  /// For each function that is about to start, the script that asked for it.
  private var parents: [Body: ScriptID] = [:]
  /// The scripts that the engine started and that have findings.
  private var faulty: Set<ScriptID> = []
  private var bounds: RehearsalBounds
  private var seen: Set<RehearsalFinding> = []

  /// The findings, in the order in which they were made. Each occurs once.
  package private(set) var findings: [RehearsalFinding] = []
  /// Descriptions of the parts of the code that might run several times. The sum of deadlines counts each part only once.
  package private(set) var loops: [String] = []
  /// Whether each recipe of the plan has used an answer that only a real host can give.
  private var doubted: [Bool]
  /// A description of the limit that stopped the whole rehearsal, or nil if none did.
  package private(set) var overrun: Problem?
  /// The mistake in the recipe that ended the strategy, a stage, its condition, a check or the traffic adapter, such as an error of Lua or
  /// a request that Lander refuses. Nil if no mistake did.
  package private(set) var mistake: Problem?

  /// - Parameters:
  ///   - hasFaults: whether the rehearsal makes hosts fail.
  ///   - seed: as in `LuaRecipes`.
  ///   - facts: as in `LuaRecipes`.
  ///   - isMeasured: whether the rehearsal is one of many runs that measure a rollout.
  /// - Throws: an error that says what is wrong with the sources.
  package init(
    plan: Plan, sources: [[SourceFile]], as mode: Rehearsal, hasFaults: Bool = false, seed: UInt64? = nil,
    facts: PlanFacts? = nil, isMeasured: Bool = false
  ) throws(Problems) {
    self.isMeasured = isMeasured
    self.plan = plan
    self.mode = mode
    self.hasFaults = hasFaults
    scripts = try LuaRecipes(plan: plan, sources: sources, rehearsal: mode, seed: seed, facts: facts)
    bounds = RehearsalBounds(hosts: plan.hosts.count)
    // A recipe that a host kept might have a prelude that does not note which answers were used.
    doubted = plan.content.recipes.indices.map { $0 > 0 }
  }

  package func start(_ script: ScriptID, _ body: Body, on subject: Subject) {
    let above = (subject == .child ? parents.removeValue(forKey: body) : nil).flatMap { running[$0] }
    while running.count <= script { running.append(nil) }
    running[script] = Running(recipe: body.recipe, root: above?.root ?? script, function: above?.function ?? function(body, on: subject))
    scripts.start(script, body, on: subject)
  }

  private func function(_ body: Body, on subject: Subject) -> Function {
    if let known = functions[body] { return known }
    let new = Function(RehearsalPart(body, on: subject, in: plan))
    functions[body] = new
    return new
  }

  package func step(_ script: ScriptID, _ answer: Answer) -> Step {
    guard running.indices.contains(script), let one = running[script] else { return scripts.step(script, answer) }
    if case .cancel = answer { one.isCancelled = true }
    var step = scripts.step(script, answer)
    var marks = take(one)
    if case .cancel(let failure) = answer, failure.kind == .timeout, one.root == script, one.part.isNotice {
      wasOverdue(one, failure, step)
    }
    if case .asked(let request) = step.next {
      one.requests += 1
      // The prelude notes no doubts in these runs.
      if isMeasured, case .perform = request { running[one.root]?.hasLooked = true }
      if case .sleep(let interval) = request { one.asleep = one.asleep + interval }
      if case .decide(.gate(let gate)) = request, gate.asksPeople { bounds.answers += gate.simulatedSigners.count }
      if let bound = bounds.broken(by: one, isDoubted: isDoubted(one)) {
        step = stop(script, one, at: bound)
      } else {
        marks += Self.marks(of: request)
        if case .decide(.rollback(let reason)) = request, mode != .faults, !hasFaults {
          let problem = Problem("\(one.part.title) gives up though all goes well: \(reason)", place: one.part.place)
          find(problem, isCertain: !isDoubted(one), isEnd: true, isOfFleet: true, one)
        }
        for body in Self.children(of: request) { parents[body] = script }
      }
    }
    if case .ended(let result) = step.next {
      running[script] = nil
      step.next = .ended(judged(script, one, result))
    }
    if mode != .faults { step.log = marks.map(\.line) }
    return step
  }

  package func kill(_ script: ScriptID) {
    if running.indices.contains(script) { running[script] = nil }
    scripts.kill(script)
  }

  /// Returns whether the actions of a script might depend on an answer that only a real host can give.
  private func isDoubted(_ one: Running) -> Bool {
    if one.part.isNotice { return running[one.root]?.hasLooked ?? one.hasLooked }
    return one.recipe < doubted.count ? doubted[one.recipe] : true
  }

  /// Returns whether an error that stops this script will certainly stop it in a deployment too. For a script that runs after a deployment,
  /// this is certain even if an earlier script had a fault, because such a script runs after failures too.
  private func isSure(_ one: Running) -> Bool { !isDoubted(one) && (!hasFaults || one.part.isNotice) }

  /// Returns whether something was found in a part of the recipe.
  package func isFaulty(_ part: String) -> Bool { findings.contains { $0.part == part } }

  /// Whether the recipe itself has used answers of hosts.
  package var isDoubted: Bool { doubted.first ?? false }

  // MARK: what was found

  private func find(_ problem: Problem, isCertain: Bool, isEnd: Bool, isOfFleet: Bool = false, _ one: Running) {
    faulty.insert(one.root)
    let problem = problem.known(by: one.part.place)
    let finding = RehearsalFinding(problem, isCertain: isCertain, part: one.part.title, isEnd: isEnd, isOfFleet: isOfFleet)
    if seen.insert(finding).inserted { findings.append(finding) }
  }

  /// Reads what the recipe has noted in this step.
  private func take(_ one: Running) -> [RehearsalMark] {
    var marks: [RehearsalMark] = []
    for note in scripts.notes {
      switch note {
      case .doubt:
        if one.recipe < doubted.count { doubted[one.recipe] = true }
        running[one.root]?.hasLooked = true
      case .mistake(let kind, var problem):
        problem.place = problem.place ?? one.part.place
        let isCertain = kind == "misnamed"
        find(problem, isCertain: isCertain || !isDoubted(one), isEnd: false, isOfFleet: !isCertain, one)
      case .repeats(let times, let pauses): marks.append(.repeats(times: times, pauses: pauses))
      case .loops(let place, let times):
        let text = "\(place.map { "\($0)" } ?? one.part.title): retry may call its function \(times) times"
        if !loops.contains(text) { loops.append(text) }
      }
    }
    return marks
  }

  /// Returns what the engine should assume as the result of a script. Records an error that ended a function which decides about the
  /// rollout, unless the recipe called `fail` or the engine ended the function.
  private func judged(_ script: ScriptID, _ one: Running, _ result: ScriptResult) -> ScriptResult {
    guard case .raised(let error) = result, one.root == script, !one.part.isNotice, !one.isCancelled,
      Self.mistakes.contains(scripts.raised)
    else { return ended(script, one, result) }
    // With the answer of a real host, the stage might not fail.
    if isMeasured, one.part.isStage, one.hasLooked, scripts.raised != "misnamed" { return .returned(.bool(true)) }
    wasMistaken(one, error)
    return ended(script, one, result)
  }

  private func wasMistaken(_ one: Running, _ error: ScriptError) {
    guard mistake == nil else { return }
    let message = "\(one.part.title) ends by an error: \(error.failure.message)"
    mistake = Problem(message, place: error.place ?? one.part.place, fix: error.failure.fix).known(by: one.part.place)
  }

  /// The kinds of errors that are mistakes in a recipe.
  private static let mistakes = ["error", "limit", "usage", "invalid", "misnamed"]

  /// Returns what the engine should assume as the result of a script.
  private func ended(_ script: ScriptID, _ one: Running, _ result: ScriptResult) -> ScriptResult {
    if mode != .faults, !hasFaults, one.part.isCheck, result == .returned(.bool(false)) {
      // Because the function used an invented answer, the rehearsal continues as if the check had passed.
      if !isDoubted(one) { find(Problem("\(one.part.title) says no though all goes well"), isCertain: false, isEnd: false, one) }
      return .returned(.bool(true))
    }
    guard mode != .faults, case .raised(let error) = result, one.root == script, !one.isCancelled else { return result }
    let kind = scripts.raised
    let isMistake = Self.mistakes.contains(kind)
    if hasFaults, !isMistake, !one.part.isStage { return result }
    if !faulty.contains(script) || kind == "misnamed" {
      let isOwn = one.part.isNotice && hasFaults ? kind == "limit" : Self.isRecipesOwn(error.failure.kind)
      let isCertain = kind == "misnamed" || (isSure(one) && isOwn)
      let message = isCertain && kind != "misnamed" ? "\(one.part.title) would fail here: \(error.failure.message)" : error.failure.message
      find(
        Problem(message, place: error.place ?? one.part.place, fix: error.failure.fix), isCertain: isCertain, isEnd: true,
        isOfFleet: kind != "misnamed", one)
    }
    return .returned(.bool(true))
  }

  /// Returns whether a failure comes from the recipe itself rather than from an operation.
  private static func isRecipesOwn(_ kind: Failure.Kind) -> Bool { [.failed, .invalid, .misnamed].contains(kind) }

  // MARK: bounds

  /// Ends a script whose request exceeds a limit. The script's clean-up can still make a few more requests.
  private func stop(_ script: ScriptID, _ one: Running, at bound: Failure) -> Step {
    var step = scripts.step(script, .cancel(bound))
    for _ in 0..<100 {
      guard case .asked = step.next else { break }
      step = scripts.step(script, .outcome(.failed(.cancelled, bound.message)))
    }
    var place = one.part.place
    if case .ended(.raised(let error)) = step.next { place = error.place ?? place } else { scripts.kill(script) }
    let isCertain = isSure(one) && bounds.isOfOneScript
    let problem = Problem("\(one.part.title) has no end here: \(bound.message)", place: place, fix: bound.fix)
    if mode == .faults { overrun = overrun ?? problem }
    find(problem, isCertain: isCertain, isEnd: true, one)
    return Step(.ended(.raised(ScriptError(bound, place: place))))
  }

  /// Reports a notice that was ended because all notices together took too long. No host is slow in a rehearsal, so the notice itself must
  /// be waiting too long.
  private func wasOverdue(_ one: Running, _ failure: Failure, _ step: Step) {
    var place = one.part.place
    if case .ended(let result) = step.next, case .raised(let error) = result { place = error.place ?? place }
    let fix = "let it end sooner: retry and within bound a loop"
    find(Problem("\(one.part.title) is ended here: \(failure.message)", place: place, fix: fix), isCertain: isSure(one), isEnd: true, one)
  }

  // MARK: what is shown

  private static func marks(of request: Request) -> [RehearsalMark] {
    switch request {
    case .sleep(let interval), .decide(.wait(let interval)): [.pause(interval)]
    default: []
    }
  }

  private static func children(of request: Request) -> [Body] {
    switch request {
    case .spawn(let bodies, _, _): bodies
    case .within(_, let body): [body]
    default: []
    }
  }
}
