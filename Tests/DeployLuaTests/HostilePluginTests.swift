import DeployCore
import DeployLua
import DeployModel
import Testing

/// Foreign plugins that try to do more than they were granted.
@Suite struct HostilePluginTests {
  /// Runs the hook of a foreign plugin in small limits. Returns its requests and its result; nil: the project could not be read.
  private func tried(_ code: String, _ main: String, asks: [String] = []) throws -> (asked: [Request], result: ScriptResult?) {
    let plugin = Foreign(capabilities: asks, code: code, allow: asks)
    let project: LuaProject
    do { project = try plugin.load(main) } catch is Problems { return ([], nil) }
    guard let recipe = project.project.recipes.first else { return ([], nil) }
    let plan = Rig.plan(of: recipe, hosts: 2)
    let small = LuaLimits(memory: 16 << 20, instructions: 3_000_000, cleanup: 100_000, matching: 200_000)
    let scripts: LuaRecipes
    do { scripts = try LuaRecipes(plan: plan, sources: [project.sources], limits: small) } catch { return ([], nil) }
    let rig = Rig(project: project, recipe: recipe, plan: plan, scripts: scripts)
    let run = rig.run(try rig.hook(.validateService), on: .host(0))
    return (run.requests, run.result)
  }

  private static let hook = "recipe 'shop' { path = '/srv/shop', on = { ValidateService = require 'chat' } }"

  @Test(
    "a hook of a plugin without grants runs nothing, whatever it does to its handle or to itself",
    arguments: [
      "return function(host) host:run 'evil' end",
      "return function(host) pcall(function() host:run 'evil' end) pcall(host.run, host, 'evil') end",
      "return function(host, d) d.targets:first():run 'evil' end",
      "return function(host, d) for _, h in ipairs(d.targets) do h:run 'evil' end end",
      "return function(host) coroutine.wrap(function() host:run 'evil' end)() end",
      "return coroutine.wrap(function(host) host:run 'evil' end)", "return coroutine.wrap(function(host, d) d.targets[1]:run 'evil' end)",
      "return load('local host = ... host:run [[evil]]')", "return load('return function(host) host:run [[evil]] end')()",
      "local f = load('return ...') return function(host) f(host):run 'evil' end",
      "return function(host) each({ host }, function(h) h:run 'evil' end) end",
      "return function(host) all { function() host:run 'evil' end } end",
      "return function(host) within('1m', function() host:run 'evil' end) end",
      "return function(host) retry({ times = 2 }, function() host:run 'evil' end) end",
      "return function(host) local x <close> = setmetatable({}, { __close = function() host:run 'evil' end }) end",
      "return function(host) local x <close> = setmetatable({}, { __close = function() host:run 'evil' end }) error 'x' end",
      "return function(host) xpcall(error, function() host:run 'evil' end) end",
      "return function(host) table.sort({ 2, 1 }, function() host:run 'evil' end) end",
      "return function(host) ('x'):gsub('.', function() host:run 'evil' end) end",
      "return function(host) local t = setmetatable({}, { __index = function() host:run 'evil' end }) return t.x end",
      "return function(host) return setmetatable({}, { __tostring = function() host:run 'evil' return '' end }) end",
      "return function(host) getmetatable(host).__index = nil host:run 'evil' end",
      "return function(host) rawset(host, 'plugin', nil) host:run 'evil' end",
      "return function(host) host.plugin = nil host:run 'evil' end", "return function(host) host.plugin.bound = false host:run 'evil' end",
      "return function(host) host.plugin.asks = { 'host.run' } host:run 'evil' end",
      "return function(host) setmetatable(host, nil) host:run 'evil' end",
      "return function(host) local fake = setmetatable({ number = 0, name = host.name }, { __name = 'host' }) host.run(fake, 'evil') end",
      "return function(host) here:run 'evil' end", "return function() here:run { 'evil' } end",
      "return function() here:run(setmetatable({}, { __index = function(_, i) return i == 1 and 'evil' or nil end, "
        + "__len = function() return 1 end })) end",
      "return function(host) host:wait_for { command = 'evil' } end",
      "return function(host) host:wait_for(setmetatable({ command = 'evil' }, { __index = function() return nil end })) end",
      "return function(host) host:wait_for({ command = 'evil' }, nil) end",
      "local s = secret.format('%s', secret 'TOKEN') return function() return s end",
      "return function(host) host:write('x', 'evil') host:upload('x', 'y') end",
      "host_ = nil return function(host) _ENV = { host = host } host:run 'evil' end",
      "local _ENV = { host = 1 } return function(host) host:run 'evil' end",
    ])
  func hook(code: String) throws {
    let tried = try tried(code, Self.hook)
    for request in tried.asked { if case .perform(_, let operation, _) = request { Issue.record("it asked for \(operation)") } }
  }

  @Test(
    "a plugin borrows no rights: not of shipped recipes, of strategies, of the project's own plugins, nor of files that it does not have",
    arguments: [
      "local s = require 'recipes.static_site' return s { from = 'x', path = '/x', reload = 'evil' }",
      "local own = require 'own' return own('evil')", "local own = require '../own/init' return own('evil')",
      "local own = require './../own/init' return own('evil')", "local own = require './init/../../own/init' return own('evil')",
      "local own = require '/plugins/own/init' return own('evil')", "local own = require 'plugins.own.init' return own('evil')",
    ])
  func borrowed(code: String) {
    let files = [
      "plugins/own/plugin.lua": "return { name = 'own', version = '1', api = 1 }",
      "plugins/own/init.lua": "return function(command) return function(host) host:run(command) end end",
    ]
    let found = Foreign(capabilities: [], code: code).problems("require 'chat'", files)
    #expect(found.count == 1 && found[0].hasPrefix("plugins/chat/init.lua:1: "), "\(found)")
  }

  @Test("a shipped strategy that a plugin chose acts with the plugin's grants")
  func chosenStrategy() throws {
    let code = "return canary { check = { command = 'evil' }, watch = '1s' }"
    for (asks, expected) in [([], true), (["host.run"], false)] {
      let project = try Foreign(capabilities: asks, code: code, allow: asks).load(
        "recipe 'shop' { path = '/srv/shop', stages = { stage.upload, stage.rollout { strategy = require 'chat' } } }")
      let recipe = try #require(project.project.recipes.first)
      let plan = Rig.plan(of: recipe, hosts: 2)
      let rig = Rig(project: project, recipe: recipe, plan: plan, scripts: try LuaRecipes(plan: plan, sources: [project.sources]))
      guard case .rollout(let strategy?) = recipe.flow.stages.last else { return }
      let run = rig.run(Body(recipe: 0, function: strategy.function), on: .rollout(options: strategy.options))
      #expect((run.result.error != nil) == expected, "\(run.result)")
    }
  }

  @Test("tables that a dependency exports are the dependency's own: another plugin gets copies, with their metatables")
  func exports() throws {
    let files = [
      "plugins/chat/plugin.lua":
        "return { name = 'chat', version = '1.0.0', api = 1, capabilities = {}, dependencies = { tool = '^1' } }",
      "plugins/tool/plugin.lua": "return { name = 'tool', version = '1.0.0', api = 1, capabilities = { 'host.run' } }",
      "plugins/tool/init.lua": """
      local tool = { inner = {}, class = setmetatable({}, { __index = { say = function() return 'whole' end } }) }
      function tool.inner.command() return 'good' end
      function tool.hook(host) host:run(tool.inner.command() .. tool.class:say()) end
      return tool
      """,
    ]
    let code = """
      local tool = require 'tool'
      tool.inner.command = function() return 'evil' end
      getmetatable(tool.class).__index.say = function() return 'evil' end
      return tool.hook
      """
    let project = try Foreign(capabilities: [], code: code).load(
      "local chat = require 'chat'\nallow 'tool' { 'host.run' }\nrecipe 'shop' { path = '/srv/shop', on = { ValidateService = chat } }",
      files, lock: Foreign.lock("chat", "tool"))
    let recipe = try #require(project.project.recipes.first)
    let plan = Rig.plan(of: recipe, hosts: 1)
    let rig = Rig(project: project, recipe: recipe, plan: plan, scripts: try LuaRecipes(plan: plan, sources: [project.sources]))
    let run = rig.run(try rig.hook(.validateService), on: .host(0))
    let commands = run.requests.compactMap { if case .perform(_, .run(let command), _) = $0 { command.line } else { nil } }
    #expect(commands == ["goodwhole"])
  }

  @Test("a plugin changes nothing that others see: globals, libraries, string methods, tags and variables of hosts")
  func shared() throws {
    let code = """
      string.rep, table.concat, math.floor = nil, nil, nil
      pcall(function() getmetatable('').__index = {} end)
      pcall(function() rawset(string, 'format', nil) end)
      pcall(function() stolen = 1 end)
      return function(host)
        host.vars.workers, host.tags.zone = 'evil', 'evil'
        pcall(function() host.facts.shell = 'evil' end)
      end
      """
    let main = """
      local chat = require 'chat'
      recipe 'shop' { path = '/srv/shop', on = { ValidateService = chat, AllowTraffic = function(host)
        return table.concat(
          { ('x'):rep(2), string.format('%d', math.floor(1.5)), tostring(host.vars.workers), host.tags.zone, host.facts.shell }, ' ')
      end } }
      """
    let project = try Foreign(capabilities: [], code: code.replacing("pcall(function() stolen = 1 end)\n", with: "")).load(main)
    let recipe = try #require(project.project.recipes.first)
    let plan = Rig.plan(of: recipe, hosts: 1)
    let rig = Rig(project: project, recipe: recipe, plan: plan, scripts: try LuaRecipes(plan: plan, sources: [project.sources]))
    #expect(rig.run(try rig.hook(.validateService), on: .host(0)).result.error == nil)
    #expect(rig.run(try rig.hook(.allowTraffic), on: .host(0), as: 9).result == .returned("xx 1 nil a dash"))
    // A global variable is refused at its line in plugins too.
    #expect(Foreign(capabilities: [], code: code).problems(main).contains { $0.contains("stolen is not local") })
  }

  @Test("a closure of the recipe that a plugin calls acts on the handle that it is given")
  func closures() throws {
    let main = """
      local chat = require 'chat'
      recipe 'shop' { path = '/srv/shop', on = { ValidateService = chat(function(host) host:run 'mine' end) } }
      """
    let tried = try tried("return function(callback) return function(host) callback(host) end end", main)
    #expect(tried.result?.error?.failure.message.hasPrefix("plugin \"chat\" needs \"host.run\"") == true)
    // A recipe that passes its own handle to a plugin delegates its rights with the handle.
    let delegated = try self.tried(
      "return function(host) host:run 'asked' end",
      "local chat = require 'chat'\nrecipe 'shop' { path = '/srv/shop', on = { ValidateService = function(host) chat(host) end } }")
    #expect(delegated.asked.count == 1 && delegated.result?.error == nil)
  }

  @Test(
    "endless work and errors that bite end within the limits, and name the plugin",
    arguments: [
      "return function() while true do end end", "return function() while true do pcall(function() while true do end end) end end",
      "return function() local x <close> = setmetatable({}, { __close = function() while true do end end }) while true do end end",
      "return function() local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end end",
      "return function() local co = coroutine.wrap(function() while true do pcall(error) end end) co() end",
    ])
  func endless(code: String) throws {
    let error = try #require(try tried(code, Self.hook).result?.error)
    #expect(error.place?.file == "plugins/chat/init.lua", "\(error)")
  }

  @Test("a plugin that is read for ever, or that requires itself in a circle, is refused")
  func reading() {
    #expect(Foreign(capabilities: [], code: "while true do end").problems("require 'chat'").count == 1)
    #expect(Foreign(capabilities: [], code: "return require './init'").problems("require 'chat'").first?.contains("circle") == true)
    let bites = Foreign(capabilities: [], code: "error(setmetatable({}, { __tostring = function() while true do end end }))")
    #expect(bites.problems("require 'chat'").count == 1)
  }

  @Test("a transport of a plugin runs a program that it was granted, and no other")
  func transports() {
    let code = "transport 'box' (function(host) return { 'docker', 'exec', '-i', host.name, 'sh' } end)"
    let main = "require 'chat'\ngroup 'g' { transport = 'box', hosts = { 'a' } }\nrecipe 'shop' { path = '/srv/shop', targets = group 'g' }"
    #expect(Foreign(capabilities: ["local.exec:docker"], code: code, allow: ["local.exec:docker"]).problems(main) == [])
    let found = Foreign(capabilities: ["local.exec:podman"], code: code, allow: ["local.exec:podman"]).problems(main)
    #expect(found.count == 1 && found[0].contains("\"local.exec:docker\" for transport \"box\""), "\(found)")
  }
}
