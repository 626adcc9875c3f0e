import DeployModel
import DeploySimulation
import Testing

@testable import DeployDesk

/// `--from-group`: deploys what one group runs to another group.
struct AdoptTests {
  private static let text = """
    local function at(name) return host(name) { transport = "local", root = "/hosts/" .. name } end
    group "staging" { hosts = { at "s1", at "s2" },
      params = { url = "staging.example" } }
    group "production" { hosts = { at "p1" }, params = { url = "example.com" } }
    recipe "app" {
      api = 1,
      revision = bundle { from = "app" },
      targets = group "production",
      path = "/srv/app",
      params = { url = param.string {}, size = param.integer { default = 1 } },
    }

    """

  private func staged(_ size: Int = 7) async throws -> Bench {
    let bench = try Bench(Self.text)
    try await bench.deploy(
      DeploymentRequest(group: "staging", parameters: [Value.Member("size", .text("\(size)"))]))
    return bench
  }

  @Test("what a group runs is deployed to another one: the very bundle and parameters, but what the groups say of themselves")
  func adopted() async throws {
    let bench = try await staged()
    let bundle = try #require(try bench.host("s1").receipt?.inputs.bundle)
    bench.files["app/version"] = "changed since\n"
    let asked = try await bench.desk.adopting("staging", Asked(DeploymentRequest()), of: bench.project)
    let plan = try await bench.desk.plan(asked, of: bench.project).plan
    #expect(plan.content.bundle?.digest == bundle && plan.subject.group == "production")
    #expect(plan.subject.parameters["size"] == 7 && plan.subject.parameters["url"] == "example.com")
    #expect(bench.events.contains { if case .remark(let text) = $0 { text.contains("which group \"staging\" runs") } else { false } })
    let typed = DeploymentRequest(parameters: [Value.Member("size", .text("9"))])
    let other = try await bench.desk.adopting("staging", Asked(typed), of: bench.project)
    #expect(try await bench.desk.plan(other, of: bench.project).plan.subject.parameters["size"] == 9, "what was typed stays")
  }

  @Test("a group whose hosts do not all run one good release is refused, with each host and what it runs")
  func refused() async throws {
    let bench = try await staged()
    try await bench.deploy(DeploymentRequest(group: "staging", only: ["s2"], parameters: [Value.Member("size", .text("8"))]))
    let text = await refusal { _ = try await bench.desk.adopting("staging", Asked(DeploymentRequest()), of: bench.project) }
    #expect(text.contains("s2: it runs bundle") && text.contains("with other parameters"), "\(text)")
    bench.transport.change("s1") { $0.receipt?.trial = true }
    let trial = await refusal { _ = try await bench.desk.adopting("staging", Asked(DeploymentRequest()), of: bench.project) }
    #expect(trial.contains("s1: deployment") && trial.contains("has not succeeded (yet)"), "\(trial)")
    let fresh = await refusal {
      _ = try await bench.desk.adopting("production", Asked(DeploymentRequest(group: "staging")), of: bench.project)
    }
    #expect(fresh.contains("p1: nothing was deployed there"), "\(fresh)")
  }

  @Test("its own group and another revision are refused, and a bundle that this state folder lacks is named with what to do")
  func wrong() async throws {
    let bench = try await staged()
    let own = await refusal { _ = try await bench.desk.adopting("production", Asked(DeploymentRequest()), of: bench.project) }
    #expect(own.contains("group \"production\" is the one that is deployed to"), "\(own)")
    let both = await refusal {
      _ = try await bench.desk.adopting("staging", Asked(DeploymentRequest(revision: "app")), of: bench.project)
    }
    #expect(both.contains("--from-group says the revision already"), "\(both)")
    let elsewhere = try Bench(Self.text, hosts: bench.transport.hosts)
    let missing = await refusal { _ = try await elsewhere.desk.adopting("staging", Asked(DeploymentRequest()), of: elsewhere.project) }
    #expect(missing.contains("that group \"staging\" runs is not in this state folder") && missing.contains("--state"), "\(missing)")
  }
}
