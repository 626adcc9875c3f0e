import DeployLua
import DeployModel
import DeployReport
import Testing

@testable import DeployDesk

/// Typical mistakes in a project that is otherwise correct. `check` must find each one and name its line.
@Suite("Planted mistakes")
struct PlantedTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    /// The text that `bad` replaces, in the plugin's file or, if it is not there, in `deploy.lua`.
    var good: String
    var bad: String
    /// A part of the text that check prints.
    var said: String
    var testDescription: String { bad }
  }

  private static let main = """
    local chat = require "chat"
    group "all" { hosts = { "web[1-2]" } }
    recipe "web" {
      path = "/srv/web", targets = group "all", revision = bundle { from = "dist" }, keep = 3,
      params = { size = param.integer { default = 2 } },
      strategy = canary { first = 1, watch = "1m" },
      on = {
        AfterInstall = function(host, deployment)
          host:run({ "bin/size", tostring(deployment.params.size) }, { timeout = "5m" })
          if host.tags.never then log.info("%d", math.floor(2.5)) end
          if host.tags.never then log.info("%s", string.rep("x", 3)) end
        end,
        ApplicationStart = chat {},
      },
    }
    """
  private static let plugin = """
    return function()
      return function(host)
        if host.tags.never then host:run "bin/hello" end
        if host.tags.never then here:run { "curl", "-s", "http://localhost" } end
      end
    end
    """

  private static func said(_ main: String, _ plugin: String) async throws -> [String] {
    let manifest = "return { name = \"chat\", version = \"1.0.0\", api = 1, capabilities = { \"host.run\", \"local.exec:curl\" } }"
    let files = ["plugins/chat/plugin.lua": manifest, "plugins/chat/init.lua": plugin]
    do {
      let read = try LuaProject.load(main: SourceFile(path: "deploy.lua", text: main), read: { files[$0] ?? Bench.shipped($0) })
      let project = LoadedProject(folder: "/bench", project: read.project)
      let stage = RehearsalStage(library: LuaShelf(), files: BenchFiles(["dist/index.html": ""])) { SpecBench.identity }
      let played = try await DryRun(project: project, stage: stage).result()
      return (played.problems + played.warnings + read.project.warnings).map { $0.lines().joined(separator: "\n") }
    } catch let problems as Problems { return problems.list.map { $0.lines().joined(separator: "\n") } }
  }

  static let mistakes: [Mistake] = [
    .init(good: "keep = 3", bad: "kep = 3", said: "deploy.lua:4: recipe \"web\" has no field \"kep\"\n  → did you mean keep?"),
    .init(good: "keep = 3", bad: "keep = \"three\"", said: "deploy.lua:4: keep of recipe \"web\" must be a whole number from 1"),
    .init(good: "timeout = \"5m\"", bad: "timeot = \"5m\"", said: "host:run has no field \"timeot\"\n  → did you mean timeout?"),
    .init(good: "timeout = \"5m\"", bad: "timeout = true", said: "timeout of host:run must be a duration"),
    .init(good: "group \"all\" {", bad: "grup \"all\" {", said: "deploy.lua:2: there is no global grup\n  → did you mean group?"),
    .init(good: "host:run(", bad: "host:rum(", said: "did you mean run?"),
    .init(good: "params.size)", bad: "params.siez)", said: "there is no parameter siez"),
    .init(
      good: "AfterInstall =", bad: "AfterInstal =", said: "there is no lifecycle event \"AfterInstal\"\n  → did you mean AfterInstall?"),
    .init(good: "canary { first = 1", bad: "canary { frist = 1", said: "there is no option \"frist\"\n  → did you mean \"first\"?"),
    .init(good: "math.floor(2.5)", bad: "math.pow(2, 2)", said: "deploy.lua:10: math.pow is of an earlier Lua"),
    .init(good: "log.info(\"%d\", math.floor(2.5))", bad: "loadstring \"x\"", said: "deploy.lua:10: there is no global loadstring"),
    .init(good: "string.rep(", bad: "string.repp(", said: "deploy.lua:11: string has no repp\n  → did you mean string.rep?"),
    .init(
      good: "host:run \"bin/hello\"", bad: "host:write(\"/etc/x\", \"\")",
      said: "plugins/chat/init.lua:3: plugin \"chat\" calls host:write, which needs \"host.write\", and its plugin.lua does not ask"),
    .init(good: "host:run \"bin/hello\"", bad: "host:run(\"x\", { env = { A = secret \"CHAT\" } })", said: "which needs \"secret:CHAT\""),
    .init(
      good: "{ \"curl\"", bad: "{ \"wget\"",
      said: "plugins/chat/init.lua:4: plugin \"chat\" calls here:run, which needs \"local.exec:wget\""),
    .init(good: "group \"all\", revision", bad: "group \"al\", revision", said: "there is no group \"al\"\n  → did you mean \"all\"?"),
  ]

  @Test("check finds each of these mistakes, with its line and what was meant", arguments: mistakes)
  func found(_ mistake: Mistake) async throws {
    let inPlugin = !Self.main.contains(mistake.good)
    let text = inPlugin ? Self.plugin : Self.main
    try #require(text.contains(mistake.good))
    let changed = text.replacing(mistake.good, with: mistake.bad, maxReplacements: 1)
    let said = try await Self.said(inPlugin ? Self.main : changed, inPlugin ? changed : Self.plugin)
    #expect(said.contains { $0.contains(mistake.said) }, "\(said)")
  }

  @Test("check has nothing to say of the project without a mistake")
  func fine() async throws { #expect(try await Self.said(Self.main, Self.plugin) == []) }

  @Test("a plugin's own method of that name is no method of a host, and a folder covers what is in it")
  func own() async throws {
    let plugin = """
      local file = {}
      function file:write(text) return text end
      return function() return function(host) file:write "x"; if host.tags.never then host:run "x" end end end
      """
    #expect(try await Self.said(Self.main, plugin) == [])
  }
}
