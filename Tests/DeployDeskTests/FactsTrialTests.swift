import DeployLua
import DeployModel
import Testing

@testable import DeployDesk

/// Tests what `host.facts` is in tests of recipes.
@Suite("Facts of hosts in tests of recipes")
struct FactsTrialTests {
  private static let main = """
    group "all" { hosts = { "web[1-2]" } }
    recipe "web" {
      path = "/srv/web", targets = group "all", revision = bundle { from = "dist" },
      on = {
        AfterInstall = function(host)
          local facts = host.facts
          if not facts then return log.info("%s: nothing", host.name) end
          log.info("%s: %s %s %s %s", host.name, facts.distribution, facts.version, facts.memory_bytes, facts.init)
          if facts.init == "systemd" then host:service("restart", "shop") end
        end,
      },
    }
    """

  private static func problems(_ body: String) async throws -> [String] {
    try await SpecBench.results("it(\"a test\", function(t)\n\(body)\nend)", main: main).compactMap { result in
      result.problem.map { $0.message + ($0.fix.map { "; \($0)" } ?? "") }
    }
  }

  @Test("a fake host says that it is Debian with systemd, unless the test says otherwise: for all hosts, or for one")
  func says() async throws {
    let found = try await Self.problems(
      """
      t:expect(t:deploy("web", { fresh = true }).log):equals {
        "web1: debian 12 8589934592 systemd", "web2: debian 12 8589934592 systemd" }
      local run = t:deploy("web", { fresh = true, facts = {
        memory_bytes = 1 << 30, web2 = { distribution = "alpine", version = false, init = "openrc" } } })
      t:expect(run.log):equals { "web1: debian 12 1073741824 systemd", "web2: alpine nil 1073741824 openrc" }
      t:expect(run:ran "systemctl restart shop"):equals(1)
      t:expect(t:deploy("web", { facts = { web1 = false, init = false } }).log):equals {
        "web1: nothing", "web2: debian 12 8589934592 nil" }
      local bad = t:deploy("web", { facts = { tools = { "curl" } } })
      t:expect(bad.failure):contains "web1 has no init system that host:service knows"
      local back = t:deploy("web", { facts = { memory_bytes = 7 }, fails = { web2 = "AfterInstall" } }).back
      t:expect(back.log):contains "web1: debian 12 7 systemd"
      """)
    #expect(found == [])
  }

  @Test("t:strategy takes facts too")
  func strategy() async throws {
    let results = try await SpecBench.results(
      """
      local small = strategy "small" (function(rollout)
        for _, host in ipairs(rollout.targets) do log.info("%s %d", host.name, host.facts.memory_bytes) end
        rollout:wave(rollout.targets)
      end)
      it("a test", function(t)
        local run = t:strategy("small", {}, { hosts = 2, facts = { host2 = { memory_bytes = 1 << 20 } } })
        t:expect(run.log):equals { "host1 8589934592", "host2 1048576" }
      end)
      """, main: Self.main)
    #expect(results.map { $0.problem?.message } == [nil])
  }

  @Test(
    "what is no fact, no host, or no value for a fact is refused with what was probably meant",
    arguments: [
      ("{ distributon = \"alpine\" }", "facts of t:deploy has no field \"distributon\"; did you mean distribution?"),
      ("{ web1 = { memory = 1 } }", "facts.web1 of t:deploy has no field \"memory\"; it has shell, user, home"),
      ("{ web1 = { inti = \"openrc\" } }", "facts.web1 of t:deploy has no field \"inti\"; did you mean init?"),
      ("{ web11 = { init = \"openrc\" } }", "t:deploy names a host \"web11\", and there is none; did you mean \"web1\"?"),
      ("{ web1 = { \"openrc\" } }", "facts.web1 of t:deploy must be a table { memory_bytes = … }, got a list"),
      ("{ memory_bytes = \"8G\" }", "memory_bytes of facts of t:deploy must be a whole number from 0, got \"8G\""),
      ("{ shell = false }", "shell of facts of t:deploy must be a string in quotes, got false"),
      ("{ addresses = { \"192.0.2.1\", 5 } }", "addresses of facts of t:deploy must be a list of strings"),
      ("5", "facts of t:deploy must be a table of plain values"),
    ])
  func refused(_ facts: String, _ said: String) async throws {
    let found = try await Self.problems("t:deploy(\"web\", { facts = \(facts) })")
    #expect(found.count == 1 && found[0].hasPrefix(said), "\(found)")
  }

  @Test("a test can set each fact that is declared, and a recipe reads what was set")
  func all() async throws {
    let fields = try #require(try Vocabulary().objects.first { $0.name == "facts" }).fields
    let set = fields.map { field in
      switch field.type {
      case "count": "\(field.name) = 77"
      case "strings": "\(field.name) = { \"set\" }"
      default: "\(field.name) = \"set\""
      }
    }
    let main = Self.main.replacing(
      "local facts = host.facts",
      with: "local all = {}\nfor k, v in pairs(host.facts) do all[#all + 1] = k .. \"=\" .. (type(v) == \"table\" and v[1] or v) end\n"
        + "table.sort(all)\nif host.name == \"web1\" then log.info(table.concat(all, \" \")) end\nlocal facts = nil")
    let wanted = fields.map { "\($0.name)=" + ($0.type == "count" ? "77" : "set") }.sorted().joined(separator: " ")
    let results = try await SpecBench.results(
      """
      it("a test", function(t)
        local run = t:deploy("web", { facts = { \(set.joined(separator: ", ")) } })
        t:expect(run.log[1]):equals "\(wanted)"
      end)
      """, main: main)
    #expect(results.map { $0.problem?.message } == [nil])
  }

  @Test("a lab names its own word if an answer, a gate or a host is not met")
  func labWord() async throws {
    func said(_ body: String) async throws -> String {
      try await SpecBench.labProblem("lab(\"a\", function(lab) \(body) end)", main: Self.main)?.message ?? ""
    }
    let answer = try await said("lab:deploy(\"web\", { answers = { { command = \"bin/never\" } } })")
    #expect(answer.hasPrefix("nothing took answer 1 of lab:deploy: "), "\(answer)")
    let gate = try await said("lab:deploy(\"web\", { gates = { go = \"reject\" } })")
    #expect(gate.hasPrefix("lab:deploy answers a gate \"go\""), "\(gate)")
    let wrong = try await said("lab:deploy(\"web\", { gates = { go = \"rejekt\" } })")
    #expect(wrong.hasPrefix("gate \"go\" of lab:deploy cannot be answered"), "\(wrong)")
    let field = try await said("lab:deploy(\"web\", { answers = { { comand = \"x\" } } })")
    #expect(field.contains("answer 1 of lab:deploy"), "\(field)")
  }
}
