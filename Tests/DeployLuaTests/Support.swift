import DeployCore
import DeployLua
import DeployModel
import Foundation
import PlanDrafts
import Testing

/// The repository's files, such as the shipped Lua files, by path.
enum Shipped {
  static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  static func text(_ path: String) -> String? { try? String(contentsOf: root.appending(path: path), encoding: .utf8) }
}

/// Reads a project from texts. Files that are not given come from the repository.
func load(_ main: String, files: [String: String] = [:]) throws -> LuaProject {
  try LuaProject.load(main: SourceFile(path: "deploy.lua", text: main)) { files[$0] ?? Shipped.text($0) }
}

/// Returns the problems of a project, each as `deploy.lua:3: message; fix`.
func problems(_ main: String, files: [String: String] = [:]) -> [String] {
  do {
    _ = try load(main, files: files)
    return []
  } catch let problems as Problems {
    return problems.list.map { problem in
      (problem.place.map { "\($0): " } ?? "") + problem.message + (problem.fix.map { "; \($0)" } ?? "")
    }
  } catch {
    return ["\(error)"]
  }
}

/// A deployment of one recipe to a number of hosts, with its scripts.
struct Rig {
  let project: LuaProject
  let recipe: Recipe
  let plan: Plan
  let scripts: LuaRecipes

  init(
    _ main: String, hosts: Int = 3, parameters: Value = .record([]), files: [String: String] = [:], limits: LuaLimits? = nil,
    seed: UInt64 = 7, tools: [String] = []
  ) throws {
    project = try load(main, files: files)
    recipe = try #require(project.project.recipes.first)
    plan = Rig.plan(of: recipe, hosts: hosts, parameters: parameters, seed: seed, tools: tools)
    scripts = try LuaRecipes(plan: plan, sources: [project.sources], limits: limits)
  }

  init(project: LuaProject, recipe: Recipe, plan: Plan, scripts: LuaRecipes) {
    self.project = project
    self.recipe = recipe
    self.plan = plan
    self.scripts = scripts
  }

  static func plan(
    of recipe: Recipe, hosts: Int, parameters: Value = .record([]), seed: UInt64 = 7, tools: [String] = []
  ) -> Plan {
    let digest = Digest(hex: String(repeating: "ab", count: 32))
    let inputs = Receipt.Inputs(bundle: digest, sources: digest, parameters: parameters, shared: [], secrets: [])
    let release = Release(id: Release.ID(digest.short), bundle: digest)
    let facts = HostFacts(shell: "dash", user: "deploy", tools: tools, bootID: "b", freeBytes: 1, freeInodes: 1)
    let plans = (0..<hosts).map { number in
      HostPlan(
        host: Host(number: number, name: "web\(number + 1)", tags: .record(of: [("zone", .text(number % 2 == 0 ? "a" : "b"))])),
        facts: facts, target: release, inputs: inputs)
    }
    return PlanDraft(
      id: "20261121-120000-abcd", application: recipe.application, recipe: recipe.name, group: "production", actor: "me@here",
      at: Timestamp(milliseconds: 0), engine: "test", bundle: Bundle(digest: digest, files: 1, bytes: 1, source: "dist"), release: release,
      recipes: [PinnedRecipe(name: recipe.name, sources: digest, hooks: recipe.flow.hooks)], parameters: parameters, hosts: plans,
      stages: recipe.flow.stages, bounds: Bounds(floor: 0, parallel: hosts, failed: 0, unreachable: 0),
      placement: Placement(path: recipe.placement.path),
      onFailure: recipe.flow.onFailure.map { Body(recipe: 0, function: $0) },
      onSuccess: recipe.flow.onSuccess.map { Body(recipe: 0, function: $0) },
      inputs: inputs,
      lock: LockRequest(
        token: "t", owner: "me@here", purpose: "test", fence: 1), seed: seed
    ).plan
  }

  /// Returns the function of the first hook for an event.
  func hook(_ event: LifecycleEvent) throws -> Body {
    Body(recipe: 0, function: try #require(recipe.flow.hooks.first { $0.event == event }).function)
  }

  /// Starts a hook on a host and runs it to its first request.
  func begin(_ event: LifecycleEvent, host: Int = 0, as script: ScriptID = 1) throws -> Step {
    scripts.start(script, try hook(event), on: .host(host))
    return scripts.step(script, .begin)
  }

  /// Runs a script and its children until they end. `answer` returns the outcome of each operation.
  func run(
    _ body: Body, on subject: Subject, as script: ScriptID = 1, answer: (Place, DeployModel.Operation) -> Outcome = { _, _ in .done() }
  ) -> (result: ScriptResult, log: [String], requests: [Request]) {
    var log: [String] = []
    var requests: [Request] = []
    var next = script + 1
    func drive(_ id: ScriptID) -> ScriptResult {
      var given = Answer.begin
      while true {
        let step = scripts.step(id, given)
        log += step.log.map { "\($0.level.rawValue): \($0.text)" }
        switch step.next {
        case .ended(let result): return result
        case .asked(let request):
          requests.append(request)
          switch request {
          case .perform(let place, let operation, _): given = .outcome(answer(place, operation))
          case .sleep, .decide(.wait): given = .slept
          case .spawn(let bodies, _, _): given = .results(bodies.map(child))
          case .within(_, let body): given = .results([child(body)])
          case .decide(.wave(let hosts, _, _)), .decide(.restart(let hosts, _)): given = .wave(WaveResult(succeeded: hosts, failed: []))
          case .decide(.gate): given = .gate(GateAnswer(.pass))
          case .decide(.rollback): return .returned("rolled back")
          case .decide(.shift(let weights)):
            if let weights = weights ?? Weights([.init("blue", 100), .init("green", 0)]) { given = .shifted(weights) }
          case .decide(.stop): return .returned("stopped")
          }
        }
      }
    }
    func child(_ body: Body) -> ScriptResult {
      let id = next
      next += 1
      scripts.start(id, body, on: .child)
      return drive(id)
    }
    scripts.start(script, body, on: subject)
    return (drive(script), log, requests)
  }
}

extension ScriptResult {
  var error: ScriptError? { if case .raised(let error) = self { error } else { nil } }
  var value: Value? { if case .returned(let value) = self { value } else { nil } }
}

extension Step {
  var request: Request? { if case .asked(let request) = next { request } else { nil } }
  var result: ScriptResult? { if case .ended(let result) = next { result } else { nil } }
}

/// Returns a recipe whose only hook has this body.
func recipe(_ hook: String, more: String = "") -> String {
  """
  recipe "shop" {
    path = "/srv/shop",
    on = { ValidateService = function(host, deployment)
  \(hook)
    end },
    \(more)
  }
  """
}
