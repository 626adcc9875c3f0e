import DeployCore
import DeployLua
import DeployModel
import Testing

/// A plugin in `deploy.lock`, and a recipe that uses it.
struct Foreign {
  var capabilities: [String]
  var code: String
  var allow: [String]?

  /// Returns a lock with these plugins. The digest is not compared in these tests.
  static func lock(_ names: String...) -> String {
    PluginLock(
      names.map {
        LockedPlugin(
          name: $0, version: PluginVersion("1.0.0")!, source: "/x", commit: nil,  // a valid version, so it is not nil
          sha256: Digest(hex: String(repeating: "ab", count: 32)), capabilities: [], wanted: .any)
      }
    ).text
  }

  var files: [String: String] {
    let asks = capabilities.map { "'\($0)'" }.joined(separator: ", ")
    return [
      "plugins/chat/plugin.lua": "return { name = 'chat', version = '1.0.0', api = 1, capabilities = { \(asks) } }",
      "plugins/chat/init.lua": code,
    ]
  }

  func load(_ main: String, _ others: [String: String] = [:], lock: String = lock("chat")) throws -> LuaProject {
    let granted = allow.map { "allow 'chat' { \($0.map { "'\($0)'" }.joined(separator: ", ")) }\n" } ?? ""
    let files = files.merging(others) { _, second in second }
    return try LuaProject.load(
      main: SourceFile(path: "deploy.lua", text: granted + main), origins: try PluginOrigins(lock: lock)
    ) { files[$0] ?? Shipped.text($0) }
  }

  /// Runs the hook that the plugin provides, and returns its result.
  func run(_ main: String = "recipe 'shop' { path = '/srv/shop', on = { ValidateService = require 'chat' } }") throws -> ScriptResult {
    let project = try load(main)
    let recipe = try #require(project.project.recipes.first)
    let plan = Rig.plan(of: recipe, hosts: 2)
    let rig = Rig(project: project, recipe: recipe, plan: plan, scripts: try LuaRecipes(plan: plan, sources: [project.sources]))
    return rig.run(try rig.hook(.validateService), on: .host(0)).result
  }

  func problems(_ main: String, _ others: [String: String] = [:], lock: String = lock("chat")) -> [String] {
    do {
      _ = try load(main, others, lock: lock)
      return []
    } catch let problems as Problems {
      return problems.list.map { "\($0.place.map { "\($0): " } ?? "")\($0.message)" + ($0.fix.map { "; \($0)" } ?? "") }
    } catch { return ["\(error)"] }
  }
}

/// A plugin may use only what it asks for and what the project grants.
@Suite struct CapabilityTests {
  /// Each capability with a call that needs only this capability.
  static let calls: [(String, String)] = [
    ("host.run", "host:run 'x'"), ("host.run", "host:try { 'x' }"), ("host.run", "host:wait_for { command = 'x' }"),
    ("host.read", "host:read 'x'"), ("host.read", "host:exists 'x'"), ("host.check", "host:wait_for { port = 80 }"),
    ("host.check", "host:wait_for { http = 'http://localhost/' }"), ("host.write", "host:write('x', 'y')"),
    ("host.write", "host:link('x', 'y')"),
    ("host.service", "host:service('restart', 'x')"), ("host.service", "host:service('stop', 'x', { user = 'root' })"),
    ("host.upload", "host:upload('certs/x', 'y')"), ("host.read", "host:download('x', 'out/y')"),
    ("local.exec:git", "here:run { 'git', 'x' }"), ("local.exec:sh", "here:try 'git x'"), ("local.read:build/", "here:read 'build/x'"),
    ("local.read:certs/", "host:upload('certs/x', 'y')"),
    ("local.write:out/", "host:download('x', 'out/y')"), ("secret:TOKEN", "local _ = secret 'TOKEN'"),
    ("local.exec:sh", "here:run({ 'git' }, { env = { PATH = '/tmp' } })"),
    ("local.exec:sh", "here:run({ 'git' }, { env = { BASH_ENV = '/tmp/x' } })"),
    ("local.exec:sh", "here:run({ 'git' }, { env = { GIT_SSH_COMMAND = 'x' } })"),
    ("host.run", "each(deployment.targets, function(h) h:run 'x' end)"),
    ("host.run", "deployment.targets:first():run 'x'"), ("host.run", "deployment.targets:split(1):take(1)[1]:run 'x'"),
    ("host.run", "deployment.targets:map(function(h) return h end)[1]:run 'x'"),
  ]
  static let all = Array(Set(calls.map(\.0))).sorted() + ["local.exec:git"]

  @Test("a call needs its capability: with it it is made, without it the error names plugin, capability and line", arguments: calls)
  func needed(capability: String, call: String) throws {
    let code = "return function(host, deployment) \(call) return 'done' end"
    #expect(try Foreign(capabilities: Self.all, code: code, allow: Self.all).run() == .returned("done"))
    let others = Self.all.filter { $0 != capability }
    let error = try #require(try Foreign(capabilities: Self.all, code: code, allow: others).run().error)
    #expect(error.failure.message.hasPrefix("plugin \"chat\" needs \"\(capability.split(separator: ":")[0])"), "\(error)")
    #expect(error.failure.message.hasSuffix("and deploy.lua does not grant it"))
    #expect(error.failure.fix?.hasSuffix("to allow \"chat\" in deploy.lua:1") == true)
    let unasked = try #require(try Foreign(capabilities: others, code: code, allow: others).run().error)
    #expect(unasked.failure.message.contains("and its plugin.lua does not ask for it"), "\(unasked)")
  }

  @Test("a template given to a plugin is written only with host.write")
  func template() throws {
    let code = "return function(host) host:template('x', 'no template') end"
    let refused = try #require(try Foreign(capabilities: ["host.write"], code: code).run().error)
    #expect(refused.failure.message == "plugin \"chat\" needs \"host.write\" for host:template, and deploy.lua does not grant it")
    let granted = try #require(try Foreign(capabilities: ["host.write"], code: code, allow: ["host.write"]).run().error)
    #expect(granted.failure.message.hasPrefix("host:template takes what template"))
  }

  @Test("without any allow the error has the whole line to add")
  func line() throws {
    let error = try #require(try Foreign(capabilities: ["host.run"], code: "return function(host) host:run 'x' end").run().error)
    #expect(error.failure.fix == "add to deploy.lua: allow \"chat\" { \"host.run\" }")
  }

  @Test("what a plugin uses while files are read is looked at when all are read, at its line")
  func reading() {
    let code = "local s = secret 'TOKEN'\nlocal b = bundle { from = 'dist', build = 'make' }\nreturn { s = s, b = b }"
    let asks = ["local.exec:sh", "local.read:dist", "secret:TOKEN"]
    let main = "require 'chat'\nallow 'chat' { 'local.exec:sh', 'local.read:dist', 'secret:TOKEN' }"
    #expect(Foreign(capabilities: asks, code: code).problems(main) == [])
    let found = Foreign(capabilities: asks, code: code, allow: ["local.read:dist"]).problems("require 'chat'")
    #expect(
      found.count == 2 && found[0].hasPrefix("plugins/chat/init.lua:1: plugin \"chat\" needs \"secret:TOKEN\" for secret"), "\(found)")
    #expect(found[1].hasPrefix("plugins/chat/init.lua:2: plugin \"chat\" needs \"local.exec:sh\" for build of bundle"))
  }

  @Test("allow names plugins and capabilities that there are, once, and only deploy.lua has it")
  func allow() {
    let plugin = Foreign(capabilities: ["host.run"], code: "return {}")
    #expect(plugin.problems("require 'chat' allow 'chat' { 'host.run' }") == [])
    #expect(plugin.problems("require 'chat' allow 'chta' { 'host.run' }").first?.hasSuffix("did you mean \"chat\"?") == true)
    #expect(plugin.problems("require 'chat' allow 'chat' { 'host.write' }").first?.contains("does not ask for \"host.write\"") == true)
    #expect(plugin.problems("require 'chat' allow 'chat' { 'host.rum' }").count == 1)
    #expect(plugin.problems("require 'chat' allow 'chat' { 'host.run' } allow 'chat' { 'host.run' }").count == 1)
    #expect(plugin.problems("require 'chat' allow 'chat'").count == 1)
    let missing = plugin.problems("require 'none' allow 'none' { 'host.run' }")
    #expect(missing.count == 1 && missing[0].contains("there is no plugin \"none\""), "\(missing)")
    let greedy = Foreign(capabilities: ["host.run"], code: "allow 'chat' { 'host.run' } return {}")
    #expect(greedy.problems("require 'chat'").first?.contains("there is no global allow") == true)
  }

  @Test(
    "a plugin names no hosts of its own, so that what it was granted for hosts never reaches others",
    arguments: [
      "return function() group 'mine' { hosts = { host 'x' { transport = 'local' } } } return recipe { partners = group 'mine' } end",
      "return function() return recipe { targets = group { hosts = { 'x' } } } end",
      "return function() return recipe { targets = { 'x' } } end",
      "return function() local _, g = pcall(group, 'mine') pcall(g, { hosts = { 'x' } }) return recipe { partners = g } end",
    ])
  func ownHosts(_ code: String) {
    let plugin = Foreign(capabilities: ["host.run", "host.write"], code: code, allow: ["host.run", "host.write"])
    let found = plugin.problems("group 'g' { hosts = { 'web1' } } recipe 'shop' { path = '/srv/shop', base = require 'chat' () }")
    #expect(found.contains { $0.hasPrefix("plugins/chat/init.lua:1: plugin \"chat\" names hosts of its own") }, "\(found)")
  }

  @Test(
    "the folder of a revision needs local.read, however it is written", arguments: ["'/etc'", "bundle '/etc'", "bundle { from = '/etc' }"])
  func revision(_ written: String) {
    let plugin = Foreign(capabilities: [], code: "return function() return recipe { revision = \(written) } end", allow: nil)
    let found = plugin.problems("recipe 'shop' { path = '/srv/shop', targets = { 'web1' }, base = require 'chat' () }")
    #expect(found.contains { $0.contains("plugin \"chat\" needs \"local.read:/etc\" for") }, "\(found)")
  }

  @Test("what a plugin that comes with lander does for another one, that one has to ask for and be granted")
  func borrowed() {
    let main = "recipe 'shop' { path = '/srv/shop', targets = { 'web1' }, base = require 'chat' () }"
    let code = "local nginx = require 'nginx' return function() return recipe { } end"
    let manifest = { (asks: String) in
      [
        "plugins/chat/plugin.lua":
          "return { name = 'chat', version = '1.0.0', api = 1, capabilities = { \(asks) }, dependencies = { nginx = '*' } }"
      ]
    }
    #expect(
      Foreign(capabilities: [], code: code).problems(main, manifest(""))
        .contains { $0.contains("plugin \"chat\" needs \"host.run\" for require \"nginx\", and its plugin.lua does not ask for it") })
    #expect(
      Foreign(capabilities: [], code: code).problems(main, manifest("'host.run'"))
        .contains { $0.contains("and deploy.lua does not grant it; add to deploy.lua: allow \"chat\" { \"host.run\" }") })
    #expect(Foreign(capabilities: [], code: code, allow: ["host.run"]).problems(main, manifest("'host.run'")).isEmpty)
  }

  @Test("a path covers a folder if it ends in a slash, and no way out of it")
  func paths() throws {
    func read(_ path: String) throws -> Bool {
      let (code, grants) = ("return function() here:read '\(path)' return 'done' end", ["local.read:build/", "local.read:VERSION"])
      return try Foreign(capabilities: grants, code: code, allow: grants).run() == .returned("done")
    }
    for good in ["build/a", "build/a/b", "VERSION"] { #expect(try read(good), "\(good)") }
    for bad in ["build", "buildx", "build/../deploy.lua", "build/..", "./build/a", "/build/a", "VERSION2", "build/a/../../x"] {
      #expect(try !read(bad), "\(bad)")
    }
  }

  @Test("a plugin of the project's own has what its manifest asks for, and everything if that says nothing")
  func own() throws {
    func run(_ fields: String) throws -> ScriptResult {
      let rig = try Rig(
        "recipe 'shop' { path = '/srv/shop', on = { ValidateService = require 'x' } }",
        files: [
          "plugins/x/plugin.lua": "return { name = 'x', version = '1', api = 1, \(fields) }",
          "plugins/x/init.lua": "return function(host) host:run 'x' return here:read('a', { default = 'done' }) and 'done' end",
        ])
      return rig.run(try rig.hook(.validateService), on: .host(0)) { _, operation in
        if case .read = operation { .done("text") } else { .done() }
      }.result
    }
    #expect(try run("") == .returned("done"))
    #expect(try run("capabilities = { 'host.run', 'local.read:a' }") == .returned("done"))
    let error = try #require(try run("capabilities = { 'host.run' }").error)
    #expect(error.failure.fix == "add it in plugins/x/plugin.lua: capabilities = { …, \"local.read:a\" }")
  }

  @Test("a strategy of a plugin asks people with approval only, and its checks need what they do")
  func strategies() throws {
    func run(_ call: String, _ capabilities: [String]) throws -> ScriptResult {
      let code = "return strategy 's' (function(rollout) \(call) rollout:wave(rollout.targets) end)"
      let project = try Foreign(capabilities: capabilities, code: code, allow: capabilities).load(
        "recipe 'shop' { path = '/srv/shop', stages = { stage.upload, stage.rollout { strategy = require 'chat' } } }")
      let recipe = try #require(project.project.recipes.first)
      let plan = Rig.plan(of: recipe, hosts: 2)
      let rig = Rig(project: project, recipe: recipe, plan: plan, scripts: try LuaRecipes(plan: plan, sources: [project.sources]))
      guard case .rollout(let strategy?) = recipe.flow.stages.last else { return .returned("none") }
      return rig.run(Body(recipe: 0, function: strategy.function), on: .rollout(options: .record([]))).result
    }
    #expect(try run("rollout:approve { message = 'ok?' }", ["approval"]).error == nil)
    #expect(try run("rollout:approve { message = 'ok?' }", []).error?.failure.message.contains("needs \"approval\"") == true)
    #expect(try run("rollout:watch { during = '1s', command = 'x' }", ["host.check"]).error?.failure.message.contains("host.run") == true)
    let here = try run("rollout:watch { during = '1s', command = 'x', from = 'engine' }", ["host.run", "host.check"])
    #expect(here.error?.failure.message.contains("needs \"local.exec:sh\" for rollout:watch") == true)
    #expect(try run("rollout:watch { during = '1s', port = 80 }", ["host.check"]).error == nil)
    #expect(try run("rollout.targets:first():run 'x'", []).error?.failure.message.contains("host.run") == true)
  }

  @Test("grants are pinned with the sources: they hold when those run again, elsewhere")
  func pinned() throws {
    let plugin = Foreign(capabilities: ["host.run"], code: "return function(host) host:run 'x' end", allow: [])
    let project = try plugin.load("recipe 'shop' { path = '/srv/shop', on = { ValidateService = require 'chat' } }")
    #expect(project.project.sources.contains { $0.path == "deploy.lock" })
    #expect(project.plugins.map(\.origin) == [.locked] && project.plugins.first?.granted == [])
    let kept = try LuaProject.kept("shop", in: project.project.sources)
    let plan = Rig.plan(of: kept, hosts: 1)
    let rig = Rig(project: project, recipe: kept, plan: plan, scripts: try LuaRecipes(plan: plan, sources: [project.sources]))
    #expect(rig.run(try rig.hook(.validateService), on: .host(0)).result.error?.failure.message.contains("host.run") == true)
    var broken = project.project.sources
    broken[broken.firstIndex { $0.path == "deploy.lock" } ?? 0].text = "{"
    #expect(throws: Problems.self) { try LuaRecipes(plan: plan, sources: [broken]) }
  }
}
