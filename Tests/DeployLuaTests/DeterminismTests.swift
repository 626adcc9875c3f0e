import DeployLua
import DeployModel
import PlanDrafts
import Testing

@Suite struct DeterminismTests {
  private let main = """
    local steps = { warm = "bin/warm", check = "bin/check", start = "bin/start" }
    recipe "b" { path = "/b", on = { ApplicationStart = function(host) host:run "b" end } }
    recipe "shop" {
      path = "/srv/shop",
      strategy = rolling { batch = 2 },
      on = {
        AfterInstall = function(host)
          for name, command in pairs(steps) do host:run(command .. " " .. math.random(1000)) end
          each({ 1, 2, 3 }, function(n) host:run("part " .. n) end)
        end,
        ApplicationStart = function(host) host:run "start" end,
      },
      on_failure = function() end,
    }
    """

  @Test("equal sources give equal numbers to functions, and the same steps, in any state")
  func same() throws {
    var seen: Set<String> = []
    for _ in 0..<5 {
      let project = try load(main)
      let recipe = try #require(project.project.recipes.last)
      let plan = Rig.plan(of: recipe, hosts: 3)
      let scripts = try LuaRecipes(plan: plan, sources: [project.sources])
      let body = Body(recipe: 0, function: try #require(recipe.flow.hooks.first { $0.event == .afterInstall }).function)
      var text = "\(recipe.flow.hooks) \(recipe.flow.stages) \(recipe.flow.onFailure)"
      for host in 0..<3 { scripts.start(host, body, on: .host(host)) }
      var answers: [ScriptID: Answer] = [0: .begin, 1: .begin, 2: .begin]
      for _ in 0..<5 {
        for script in 0..<3 {
          guard let answer = answers[script] else { continue }
          let step = scripts.step(script, answer)
          text += "\n\(step)"
          switch step.request {
          case .perform: answers[script] = .outcome(Outcome(status: 0))
          case .spawn(let bodies, _, _): answers[script] = .results(bodies.map { _ in .returned(.null) })
          default: answers[script] = nil
          }
        }
      }
      seen.insert(text)
    }
    #expect(seen.count == 1)
  }

  @Test("a plan whose functions have other numbers than the sources give is refused before any of them runs")
  func shifted() throws {
    let project = try load(main)
    let recipe = try #require(project.project.recipes.last)
    let plan = Rig.plan(of: recipe, hosts: 1)
    let shifted = plan.edited { $0.recipes[0].hooks[0].function += 1 }
    #expect {
      _ = try LuaRecipes(plan: shifted, sources: [project.sources])
    } throws: { ($0 as? Problems)?.list.first?.message.contains("the hook AfterInstall is not the function that was planned") == true }
    let task = plan.edited { $0.kind = .task(HostTask(name: "wipe", function: 1)) }
    #expect(throws: Problems.self) { _ = try LuaRecipes(plan: task, sources: [project.sources]) }
    #expect(throws: Never.self) { _ = try LuaRecipes(plan: plan, sources: [project.sources]) }
  }

  @Test(
    "a refusal of memory or of the stack cannot be caught, because another state might not have it",
    arguments: [
      "pcall(LARGE)", "xpcall(LARGE, tostring)", "pcall(DEEP)", "coroutine.resume(coroutine.create(LARGE))",
      "pcall(coroutine.wrap(DEEP))", "coroutine.resume(coroutine.create(function() pcall(LARGE) end))",
      "pcall(function() local c <close> = setmetatable({}, { __close = function() pcall(LARGE) end }) end)",
    ])
  func refusals(_ code: String) {
    let large = "function() local t = {} for i = 1, 1000 do t[i] = string.rep('x', (4 << 20) - i) end end"
    let deep = "function() local function f(n) return 1 + f(n + 1) end return f(1) end"
    let text = code.replacing("LARGE", with: large).replacing("DEEP", with: deep)
    let found = problems("local good = \(text)\nrecipe \"shop\" { path = good and \"/srv/a\" or \"/srv/b\" }")
    let words = code.contains("DEEP") ? "stack overflow" : "not enough memory"
    #expect(found.count == 1 && found[0].contains(words) && found[0].hasPrefix("deploy.lua:1: "), "\(found)")
  }

  @Test("a string that is too long is refused in every state, so that can be caught; the memory in use is not told")
  func alike() throws {
    let main = """
      local long = pcall(string.rep, "x", 9 << 20)
      recipe "shop" { path = "/srv/" .. tostring(long) .. string.format("%d", collectgarbage "count") }
      """
    #expect(try load(main).project.recipes[0].placement.path == "/srv/false0")
  }

  @Test("chance is the same each time a project is read")
  func readingHasNoChance() throws {
    let main = "recipe 'a' { path = '/' .. math.random(1 << 60) }"
    #expect(try load(main).project.recipes[0].placement.path == load(main).project.recipes[0].placement.path)
  }

  @Test("another seed gives other random numbers")
  func seeds() throws {
    let code = recipe("return math.random(1000000)")
    let one = try Rig(code, seed: 1)
    let other = try Rig(code, seed: 2)
    #expect(
      one.run(try one.hook(.validateService), on: .host(0)).result != other.run(try other.hook(.validateService), on: .host(0)).result)
  }

  @Test("pinned sources are enough: a recipe kept on a host is read without its project")
  func pinned() throws {
    let old = try load(
      """
      recipe "shop" {
        path = "/srv/shop",
        targets = group "gone",
        params = { cmd = param.string { default = "old " } },
        on = { ApplicationStart = function(host, d) host:run(d.params.cmd .. d.release) end },
      }
      group "gone" { hosts = { "x" } }
      """
    )
    let new = try load(recipe("host:run 'new'"))
    var plan = Rig.plan(of: new.project.recipes[0], hosts: 2)
    let oldRecipe = old.project.recipes[0]
    plan = plan.edited { $0.recipes.append(PinnedRecipe(name: "shop", sources: $0.recipes[0].sources, hooks: oldRecipe.flow.hooks)) }
    let digest = Digest(hex: String(repeating: "cd", count: 32))
    let previous = Receipt(
      application: "shop", group: "g", release: Release(id: "0123456789ab", bundle: digest),
      inputs: .init(bundle: digest, sources: digest, parameters: .record(of: [("cmd", "given ")]), shared: [], secrets: []),
      deployment: "d",
      recipe: "shop", actor: "me", at: Timestamp(milliseconds: 0))
    plan = plan.edited { $0.hosts[1].previous = previous }
    let scripts = try LuaRecipes(plan: plan, sources: [new.sources, old.sources.filter { $0.path != "recipes/strategies/rolling.lua" }])
    scripts.start(1, Body(recipe: 1, function: oldRecipe.flow.hooks[0].function), on: .host(1))
    #expect(scripts.step(1, .begin).request == .perform(.host(1), .run(Command(.shell("given 0123456789ab"))), timeout: nil))
  }
}
