import DeployLua
import DeployModel
import DeployReport
import Foundation
import Testing

@testable import DeployDesk

/// Tests that `check` finds mistakes in branches that no rehearsal reaches, with the declarations of the vocabulary.
@Suite("Planted mistakes where nothing runs")
struct UnreachedTests {
  private static let main = """
    group "all" { hosts = { "web[1-2]" } }
    local own = strategy "own" (function(rollout)
      for batch in rollout.targets:batches(1) do rollout:wave(batch) end
      if rollout.params.never then
        rollout:watch { http = "http://localhost/", during = "1m", on_fail = "return" }
        rollout:rollback "no"
      end
    end)
    recipe "web" {
      path = "/srv/web", targets = group "all", revision = bundle { from = "dist" }, strategy = own {},
      params = { never = param.boolean { default = false } },
      on = {
        AfterInstall = function(host, deployment)
          if not host.tags.never then return end
          local state = host:try "bin/state"
          if state.ok then log.warn("is %s", state.stdout) end
          host:write("etc/port", "80", { mode = "0640" })
          if host.facts and host.facts.init == "systemd" then host:service("restart", "shop") end
          host:link("/srv/log", "log")
          host:wait_for { port = 80, timeout = "30s", every = "1s" }
          sleep "5s"
          retry({ times = 3, every = "1s" }, function() host:run("bin/flaky", { merge = true }) end)
          for _, other in ipairs(deployment.targets) do other:run "bin/peer" end
          local known = json.decode(host:read "known.json")
          if not host:exists "lock" then fail("no lock, but %s", known) end
        end,
      },
      on_failure = function(d, err) if err.kind == "lost" then log.error("%s of %s", err, d.release) end end,
    }
    """

  static let mistakes: [PlantedTests.Mistake] = [
    .init(good: "other:run", bad: "other:rum", said: "deploy.lua:23: a host has no rum\n  → did you mean run?"),
    .init(good: "state.stdout", bad: "state.stdot", said: "deploy.lua:16: a result has no stdot\n  → did you mean stdout?"),
    .init(good: "deployment.targets", bad: "deployment.hosts", said: "deploy.lua:23: a deployment has no hosts\n  → there are actor,"),
    .init(good: "d.release", bad: "d.relase", said: "deploy.lua:28: a deployment has no relase\n  → did you mean release?"),
    .init(good: "rollout:rollback", bad: "rollout:rolback", said: "deploy.lua:6: a rollout has no rolback\n  → did you mean rollback?"),
    .init(
      good: "timeout = \"30s\"", bad: "timeot = \"30s\"",
      said: "deploy.lua:20: host:wait_for has no field \"timeot\"\n  → did you mean timeout?"),
    .init(good: "port = 80,", bad: "port = 80000,", said: "deploy.lua:20: port of host:wait_for must be a port from 1 to 65535, got 80000"),
    .init(
      good: "every = \"1s\" }\n      sleep", bad: "every = \"1 second\" }\n      sleep",
      said: "every of host:wait_for must be a duration (such as"),
    .init(good: "merge = true", bad: "merge = \"yes\"", said: "deploy.lua:22: merge of host:run must be true or false, got \"yes\""),
    .init(good: "mode = \"0640\"", bad: "mode = 640", said: "deploy.lua:17: mode of host:write must be permission bits in quotes"),
    .init(
      good: "on_fail = \"return\"", bad: "on_fail = \"retrun\"",
      said: "must be \"fail\" or \"return\", got \"retrun\"\n  → did you mean \"return\"?"),
    .init(good: ", during = \"1m\"", bad: "", said: "deploy.lua:5: rollout:watch needs during"),
    .init(good: "{ mode = \"0640\" }", bad: "\"0640\"", said: "deploy.lua:17: host:write takes a table { … } there, got a string"),
    .init(good: "host:link(\"/srv/log\", \"log\")", bad: "host:link \"log\"", said: "deploy.lua:19: host:link needs path"),
    .init(good: "sleep \"5s\"", bad: "sleep(\"5s\", 2)", said: "deploy.lua:21: sleep takes duration, got 2 values"),
    .init(good: "sleep \"5s\"", bad: "sleep \"soon\"", said: "deploy.lua:21: duration of sleep must be a duration (such as"),
    .init(good: "host:link(", bad: "host.link(", said: "deploy.lua:19: host:link is written with a colon"),
    .init(
      good: "if state.ok then", bad: "if state then",
      said: "deploy.lua:16: a result is true whatever it says\n  → ask for a field of it, such as .ok"),
    .init(good: "state.stdout)", bad: "\"x\" .. host:run \"y\")", said: "deploy.lua:16: a result is no string, and .. joins strings"),
    .init(good: "host:write(", bad: "local got = host:write(", said: "deploy.lua:17: host:write gives nothing"),
    .init(
      good: "sleep \"5s\"", bad: "group \"x\" { hosts = {} }",
      said: "deploy.lua:21: group describes a deployment and is read before one starts"),
    .init(
      good: "local own =", bad: "if false then sleep \"1s\" end\nlocal own =",
      said: "deploy.lua:2: sleep exists only while a deployment runs"),
    .init(good: "known) end", bad: "known) log.info \"bye\" end", said: "deploy.lua:25: nothing behind fail runs: it does not return"),
    .init(
      good: "rollout:rollback \"no\"", bad: "rollout:rollback \"no\" rollout:wait \"1m\"",
      said: "deploy.lua:6: nothing behind rollout:rollback runs"),
    .init(good: "log.warn", bad: "log.wran", said: "deploy.lua:16: log has no wran\n  → did you mean log.warn?"),
    .init(good: "json.decode", bad: "json.parse", said: "deploy.lua:24: json has no parse"),
    .init(good: "host:exists \"lock\"", bad: "host:exists(\"lock\").ok", said: "deploy.lua:25: true and false have no ok"),
    .init(
      good: "host.facts.init", bad: "host.facts.inti", said: "deploy.lua:18: host.facts has no inti\n  → did you mean init?"),
    .init(
      good: "\"restart\"", bad: "\"restrat\"",
      said: "deploy.lua:18: action of host:service must be \"start\" or \"stop\" or \"restart\" or \"reload\" or \"enable\" or \"disable\" "
        + "or \"state\", got \"restrat\"\n  → did you mean \"restart\"?"),
    .init(good: "\"shop\"", bad: "\"a shop\"", said: "deploy.lua:18: unit of host:service must be the name of a unit"),
    .init(good: "host:read \"known.json\"", bad: "host:read(\"known.json\").stdout", said: "deploy.lua:24: a string has no stdout"),
  ]

  private static func warnings(_ text: String, _ files: [String: String] = [:]) throws -> [String] {
    let read = try LuaProject.load(main: SourceFile(path: "deploy.lua", text: text), read: { files[$0] ?? Bench.shipped($0) })
    return read.project.warnings.map { $0.lines().joined(separator: "\n") }
  }

  @Test("each mistake is found with its line, although nothing there is played", arguments: mistakes)
  func found(_ mistake: PlantedTests.Mistake) throws {
    try #require(Self.main.contains(mistake.good))
    let said = try Self.warnings(Self.main.replacing(mistake.good, with: mistake.bad, maxReplacements: 1))
    #expect(said.contains { $0.contains(mistake.said) }, "\(said)")
    #expect(said.count == 1, "\(said)")
  }

  @Test("nothing is found without a mistake, nor where a name of the source's own is like one of the language's")
  func fine() throws {
    #expect(try Self.warnings(Self.main) == [])
    let own = """
      local t = {}
      function t:rum(host) return host:lower(), host:rum(), host.port end
      local function of(host) host = t return host.nme, host:wave(1) end
      local here, sleep = { rn = 1 }, function(a, b) return a, b end
      local text = here.rn, sleep(1, 2)
      local function last(x) if x then return fail "x" end return x or fail "y" end
      return t
      """
    #expect(try Self.warnings(own + "\n" + "", [:]).filter { !$0.contains("describes nothing") } == [])
  }

  @Test("nothing is found in what comes with Lander")
  func shipped() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    var count = 0
    for case let path as String in try #require(FileManager.default.enumerator(atPath: folder.path)) {
      guard path.hasPrefix("plugins/") || path.hasPrefix("recipes/") || path.hasPrefix("examples/"), path.hasSuffix(".lua"),
        !path.hasSuffix("plugin.lua"), !path.hasSuffix("_spec.lua")
      else { continue }
      count += 1
      let module =
        path.hasPrefix("plugins/") ? String(path.split(separator: "/")[1]) : path.replacing(".lua", with: "").replacing("/", with: ".")
      let text = path.hasSuffix("deploy.lua") ? Bench.shipped(path) ?? "" : "require \"\(module)\""
      #expect(try Self.warnings(text, ["VERSION": "1"]) == [], "\(path)")
    }
    #expect(count > 15)
  }

  @Test("nothing is found in the examples of the reference", arguments: (try? Vocabulary().words) ?? [])
  func examples(_ word: Word) throws {
    guard word.phases.contains("run") else { return }
    // Its example reads the template at the top of the file.
    if word.name == "host:template" {
      let recipe = "recipe \"web\" { path = \"/srv/web\", on = { AfterInstall = configure } }"
      #expect(try Self.warnings("\(word.example)\n\(recipe)", ["app.conf": "{{ port }} {{ password }}"]) == [])
      return
    }
    let hook = "function(host, deployment) if host.tags.never then\n\(word.example)\nend end"
    let strategy = "strategy \"own\" (function(rollout) \(word.example) end)"
    let field =
      word.name.hasPrefix("rollout:") || word.example.contains("rollout") ? "strategy = \(strategy)" : "on = { AfterInstall = \(hook) }"
    #expect(try Self.warnings("recipe \"web\" { path = \"/srv/web\", \(field) }") == [], "\(word.name)")
  }
}
