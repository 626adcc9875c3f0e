import DeployModel
import Foundation
import SchemaCheck
import Testing

@Suite("Hosts that lack what their group has, at the command line", .serialized)
struct MissingCommandTests {
  private let schema: Schema

  init() throws { schema = try Schema("docs/schemas/result.schema.json") }

  private static func text(_ hosts: [String], _ more: String = "") -> String {
    """
    group "test" { hosts = { \(hosts.map { "host \"\($0)\" { transport = \"local\", root = \"hosts/\($0)\" }" }.joined(separator: ", ")) } }
    group "other" { hosts = { host "x1" { transport = "local", root = "hosts/x1" } } }
    recipe "app" {
      api = 1, path = "/srv/app", targets = group "test", revision = bundle { from = "app" }, \(more)
      params = { size = param.integer { default = 1 } },
      on = { ApplicationStart = function(host, deployment) host:run("echo " .. deployment.params.size .. " >>../../started") end },
    }

    """
  }

  /// Returns a project whose first deployment went to these hosts, with a parameter.
  private func place(_ hosts: [String] = ["h1", "h2"]) throws -> Workplace {
    let place = try Workplace(["app/version": "1\n", "app/empty": "", "deploy.lua": Self.text(hosts)])
    let run = try place.lander("deploy", "--size", "7")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    return place
  }

  /// Runs a command with `--json`, and expects output that fits the schema.
  @discardableResult
  private func result(_ run: Workplace.Run, _ command: String) throws -> Node {
    let result = try #require(try Node(run.out)["result"], "\(run.out)\(run.err)")
    let faults = schema.faults(of: result, as: command)
    #expect(faults.isEmpty, "\(faults)")
    return result
  }

  private static let bringing = "and its gates do not run"

  @Test("status, plan and deploy name the same hosts with the reason, and the host gets the parameters of the group from elsewhere")
  func fresh() throws {
    let place = try place()
    try place.write(Self.text(["h1", "h2", "h3"]), to: "deploy.lua")
    try place.write("2\n", to: "app/version")
    let status = try place.lander("status", "--state", "elsewhere")
    #expect(status.out.contains("Missing: h3 (never reached) lacks release"), "\(status.out)")
    #expect(status.out.contains("→ lander deploy app --group test --missing brings it"), "\(status.out)")
    let json = try result(try place.lander("status", "--json"), "status")
    #expect(json.list.first?["missing"]?["command"]?.text == "lander deploy app --group test --missing")
    #expect(json.list.first?["missing"]?["hosts"]?.list.first?["reason"]?.text == "new")
    let plan = try place.lander("plan", "--missing", "--state", "elsewhere")
    #expect(plan.code == 0 && plan.err.contains("Missing: h3 (never reached). It gets release"), "\(plan.out)\(plan.err)")
    #expect(plan.err.contains(Self.bringing) && plan.out.contains("rollout (growing waves)"), "\(plan.out)\(plan.err)")
    #expect(!place.exists("hosts/h3/srv/app/current"))
    let planned = try result(try place.lander("plan", "--missing", "--json", "--state", "elsewhere"), "plan")
    #expect(planned["missing"]?["hosts"]?.list.first?["host"]?.text == "h3")
    let run = try place.lander("deploy", "app", "--missing", "--state", "elsewhere")
    #expect(run.code == 0 && run.err.contains("Missing: h3 (never reached)") && run.err.contains(Self.bringing), "\(run.err)\(run.out)")
    #expect(try place.current("h3", "version") == "1\n" && place.text("hosts/h3/srv/app/started") == "7\n")
    #expect(try place.text("hosts/h1/srv/app/started") == "7\n", "the others are left alone")
    let again = try place.lander("deploy", "--missing", environment: ["LANDER_PARAM_SIZE": "9"])
    #expect(again.code == 0 && again.out.contains("Nothing is missing: h1, h2, h3 have release"), "\(again.out)\(again.err)")
    #expect(try result(try place.lander("deploy", "--missing", "--json"), "deploy")["state"]?.text == "unchanged")
    #expect(try result(try place.lander("plan", "--missing", "--json"), "plan")["state"]?.text == "unchanged")
    #expect(try !place.lander("status").out.contains("Missing:"))
    #expect(try place.lander("explain", "last", "--state", "elsewhere").out.contains("hosts that lack what the group has"))
  }

  @Test("what a strategy stopped on purpose is finished by the command that its summary names, without the strategy")
  func partial() throws {
    let place = try place(["h1", "h2", "h3"])
    try place.write("2\n", to: "app/version")
    let strategy = "strategy = strategy \"one\" (function(r) local first = r.targets:split(1) r:wave(first) r:stop \"enough\" end),"
    try place.write(Self.text(["h1", "h2", "h3"], strategy), to: "deploy.lua")
    let part = try place.lander("deploy", "--size", "8")
    #expect(part.code == 14 && part.out.contains("lander deploy app --group test --missing"), "\(part.out)\(part.err)")
    let status = try place.lander("status")
    #expect(
      status.out.contains("Missing: h2 (left when the strategy stopped), h3 (left when the strategy stopped) lack release"), "\(status.out)"
    )
    let only = try place.lander("deploy", "--missing", "--only", "h2")
    #expect(only.code == 3 && only.err.contains("this would leave h3"), "\(only.err)")
    let rest = try place.lander("deploy", "--missing", "--json")
    #expect(rest.code == 0, "\(rest.err)\(rest.out)")
    try result(rest, "deploy")
    #expect(try ["h1", "h2", "h3"].map { try place.current($0, "version") } == ["2\n", "2\n", "2\n"])
    #expect(try place.text("hosts/h3/srv/app/started") == "7\n8\n" && place.text("hosts/h1/srv/app/started") == "7\n8\n")
    #expect(try place.lander("deploy", "--missing").out.contains("Nothing is missing"))
  }

  @Test("a host that fails goes back with exit code 10, and gets it with the next try; a kept plan brings what it names")
  func failing() throws {
    let place = try place()
    try place.write(Self.text(["h1", "h2", "h3"]), to: "deploy.lua")
    try place.write("", to: "hosts/h3/srv/app/started/in-the-way")
    let run = try place.lander("deploy", "--missing", "--json")
    #expect(run.code == 10 && run.out.contains("\"kind\":\"rolled_back\""), "\(run.out)\(run.err)")
    #expect(!place.exists("hosts/h3/srv/app/current"))
    try FileManager.default.removeItem(atPath: place.path + "/hosts/h3/srv/app/started")
    let plan = try place.lander("plan", "--missing", "--out", "plan.json")
    #expect(plan.code == 0 && plan.err.contains("Wrote plan.json."), "\(plan.out)\(plan.err)")
    let kept = try place.lander("deploy", "--plan", "plan.json")
    #expect(kept.code == 0 && kept.err.contains("Missing: h3 (failed)"), "\(kept.out)\(kept.err)")
    #expect(try place.current("h3", "version") == "1\n")
    let late = try place.lander("deploy", "--plan", "plan.json")
    #expect(late.code == 3 && late.err.contains("the plan brings h3 what the group had, and nothing is missing now"), "\(late.err)")
  }

  @Test("what says something else, several groups, and a group with nothing good are refused, each with the next step")
  func refused() throws {
    let place = try place()
    let wrong = try place.lander("deploy", "--missing", "--revision", "app", "--force", "--size", "8")
    #expect(wrong.code == 2, "\(wrong.err)")
    for word in ["--revision", "--force", "--size"] {
      #expect(wrong.err.contains("\(word): it has no meaning with --missing"), "\(wrong.err)")
    }
    let groups = try place.lander("deploy", "--missing", "--group", "test,other")
    #expect(groups.code == 2 && groups.err.contains("--missing takes one group at a time"), "\(groups.err)")
    let adopted = try place.lander("deploy", "--missing", "--from-group", "other")
    #expect(adopted.code == 2 && adopted.err.contains("--from-group: it has no meaning with --missing"), "\(adopted.err)")
    let plan = try place.lander("deploy", "--missing", "--plan", "plan.json")
    #expect(plan.code == 2 && plan.err.contains("--missing has no meaning with --plan"), "\(plan.err)")
    let nothing = try place.lander("deploy", "--missing", "--group", "other", "--json")
    #expect(nothing.code == 3 && nothing.out.contains("remembers a good revision, so there is none to bring"), "\(nothing.out)")
  }
}
