import DeployLua
import DeployModel
import DeployReport
import Testing

@testable import DeployDesk

/// Runs every example of the reference: examples of the description phase are read, examples of the run phase run against simulated hosts,
/// and examples of tests run as tests.
@Suite("Examples of the reference")
struct ExampleTests {
  private static let words = (try? Vocabulary().words) ?? []

  /// Groups, files and a plugin to which examples refer.
  private static let around = """
    group "production" { hosts = {
      host "web1" { tags = { zone = "a", rack = "r1", pool = "blue" } }, host "web2" { tags = { zone = "b", rack = "r1", pool = "blue" } },
      host "web3" { tags = { zone = "a", rack = "r2", pool = "green" } },
      host "web4" { tags = { zone = "b", rack = "r2", pool = "green" } },
    } }
    group "balancers" { hosts = { "lb1" } }
    group "lb" { hosts = { "lb2" } }
    group "databases" { hosts = { "db1" } }
    """
  private static let files = [
    "hosts.json": "[\"web1\"]", "config/motd": "hello", "config/production.env": "PORT=80\n", "config/production.yml": "port: 80\n",
    "app.conf": "{{ port }} {{ password }}", "key.b64": "a2V5", "vhost.conf": "{{ name }}",
    "plugins/chat/plugin.lua": "return { name = \"chat\", version = \"1.0.0\", api = 1, "
      + "capabilities = { \"host.run\", \"secret:CHAT_TOKEN\" } }",
    "plugins/chat/init.lua": "return {}",
    "VERSION": "1",
  ]
  private static let fields = "path = \"/srv/web\", revision = bundle \"dist\", targets = group \"production\""
  private static let partners = "partners = { group \"balancers\", group \"lb\", group \"databases\" }"
  /// The stages of the recipe that examples of tests deploy.
  private static let tested = """
    stages = { stage.upload, stage "migrate" { run = function(d) d.targets:first():run "bin/migrate" end }, stage.rollout },
    on = { ValidateService = function(host) host:run "bin/validate" end }
    """
  private static let traffic = """
    traffic = { pools = { "blue", "green" }, read = function() return { blue = 100, green = 0 } end, weight = function() end }
    """

  /// Returns a project that contains an example in its proper place.
  private static func main(_ word: Word) -> String {
    let example = word.example
    let parts = word.name.split(separator: ".").map(String.init)
    if word.phases == ["test"] || word.name.hasPrefix("plugin") { return "\(around)\nrecipe \"web\" { \(fields), \(tested) }" }
    if word.name == "allow" { return "\(around)\nlocal chat = require \"chat\"\n\(example)\nrecipe \"web\" { \(fields) }" }
    if word.name.hasPrefix("rollout:") || word.name.hasPrefix("hosts:"), word.example.contains("rollout") {
      let isPart = ["rollout:stop", "rollout:analyse"].contains(word.name)
      let first = example.contains(":wave(") ? "" : "rollout:wave(rollout.targets\(isPart ? ":take(1)" : ""))"
      let rest = word.name == "rollout:analyse" ? "rollout:wave(rollout.targets:except(rollout.targets:take(1)))" : ""
      let strategy = "strategy \"own\" (function(rollout) \(first) \(example) \(rest) end)"
      return "\(around)\nrecipe \"web\" { \(fields), \(partners), \(traffic), strategy = \(strategy) }"
    }
    // Only at the top of a file a template is read, and only a hook can write it.
    if word.name == "host:template" {
      return "\(around)\n\(example)\nrecipe \"web\" { \(fields), \(partners), on = { AfterInstall = configure } }"
    }
    if word.phases.contains("run") {
      let hook = "function(host, deployment)\n\(example)\nend"
      return "\(around)\nrecipe \"web\" { \(fields), \(partners), on = { AfterInstall = \(hook) } }"
    }
    let isField = example.hasPrefix("\(parts.last ?? "") = ")
    if parts.first == "recipe", isField { return "\(around)\nrecipe \"web\" { \(fields), \(example) }" }
    if parts.first == "configuration", isField {
      return "\(around)\nconfiguration \"careful\" { floor = 1, \(example) }\nrecipe \"web\" { \(fields) }"
    }
    // The group that an example defines itself must not be defined before.
    let base = example.hasPrefix("group ") ? "" : around
    let web = "recipe \"web\" { path = \"/srv/web\", revision = bundle \"dist\", targets = { \"web1\" } }"
    let recipe = example.hasPrefix("recipe ") ? "" : web
    return "\(base)\n\(example)\n\(recipe)"
  }

  /// How the deployments of some examples end. All others succeed.
  private static let ends = [
    "fail": "failed", "rollout:rollback": "failed", "rollout:stop": "partial",
    // These examples change only some hosts, and their rollout leaves the rest.
    "hosts:except": "failed", "hosts:take": "failed", "hosts:where": "failed", "rollout:wave": "failed",
  ]

  /// Returns a test for the project. It fails if the example did not run.
  private static func test(_ word: Word) -> String {
    if word.phases == ["test"] {
      if ["describe", "it"].contains(word.name) { return word.example }
      let run = word.name == "t:deploy" || word.name == "played:file" ? "{ hosts = 2 }" : "{}"
      return "it(\"holds\", function(t)\nlocal run = t:deploy(\"web\", \(run))\nt:expect(run.exit):equals(0)\n\(word.example)\nend)"
    }
    let end = ends[word.name] ?? "succeeded"
    let failure = end == "failed" ? "differs \"\"" : "equals \"\""
    return """
      it("ends as it should", function(t)
        local run = t:deploy("web", { files = { ["/etc/os-release"] = "ID=x", ["/srv/web/releases/5eed5eed5eed/log/build.txt"] = "x" },
          answers = { { command = "bin/health", stdout = "{}", optional = true } },
          http = { { url = "https://*", json = { ok = true }, optional = true } } })
        t:expect(run.failure or ""):\(failure)
        t:expect(run.status):equals "\(end)"
      end)
      """
  }

  @Test("every example of the reference is run, and does what it shows", arguments: words.map(\.name))
  func example(_ name: String) async throws {
    let word = try #require(Self.words.first { $0.name == name })
    if word.name.hasPrefix("plugin") {
      let rest = word.name == "plugin" ? word.example : "return { name = \"shop\", version = \"1.0.0\", api = 1, \(word.example) }"
      _ = try ManifestText.read(rest, path: "plugin.lua")
      return
    }
    if word.name.hasPrefix("lab") {
      let spec = word.name == "lab" ? word.example : "lab(\"holds\", function(lab)\nlocal run = lab:deploy(\"web\")\n\(word.example)\nend)"
      let problem = try await SpecBench.labProblem(spec, main: Self.main(word), said: "1.4\n")
      #expect(problem == nil, "\(word.name): \(word.example)")
      return
    }
    let results = try await SpecBench.results(Self.test(word), main: Self.main(word), files: Self.files)
    #expect(results.map { $0.problem?.lines().joined(separator: "\n") } == [nil], "\(word.name): \(word.example)")
  }

  @Test("an example that does not hold is found")
  func wrong() async throws {
    var word = try #require(Self.words.first { $0.name == "host:run" })
    for example in ["host:runn \"x\"", "host:run()", "host:run(\"x\", { timeot = \"1s\" })", "local x = nothing_of_that_name"] {
      word.example = example
      do {
        let results = try await SpecBench.results(Self.test(word), main: Self.main(word), files: Self.files)
        #expect(results.first?.problem != nil, "\(example)")
      } catch { #expect(error is Problems) }
    }
  }
}
