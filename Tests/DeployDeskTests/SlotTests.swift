import DeployModel
import DeploySimulation
import Testing

@testable import DeployDesk

/// Two slots on each host, one deployment after the other: the traffic is a file on the first host.
struct SlotTests {
  private static let text = """
    group "production" { hosts = { host "web1" { root = "/hosts/web1" }, host "web2" { root = "/hosts/web2" } },
      slots = { blue = { port = 81 }, green = { port = 82 } } }
    recipe "app" {
      api = 1,
      revision = bundle { from = "app" },
      targets = group "production",
      path = "/srv/app",
      strategy = blue_green { watch = "1m", check = function(host) return host:try("bin/look").ok end },
      on = { ApplicationStart = function(host) host:run("bin/start " .. host.slot) end },
      traffic = {
        pools = { "blue", "green" },
        read = function(deployment)
          local first = deployment.targets:first()
          local blue = not first:exists("/traffic", { rehearse = false }) and 100 or tonumber(first:read("/traffic", { rehearse = "100" }))
          return { blue = blue, green = 100 - blue }
        end,
        weight = function(weights, deployment) deployment.targets:first():write("/traffic", weights.blue .. "") end,
      },
    }

    """

  private func traffic(_ bench: Bench) throws -> String? {
    guard case .text(let text)? = try bench.host("web1/blue").files["/traffic"]?.kind else { return nil }
    return text
  }
  private func current(_ bench: Bench, _ host: String) throws -> Release.ID? { try bench.host(host).current }

  @Test("the slots take turns, the same again changes nothing, and a rollback moves the traffic and starts nothing")
  func turns() async throws {
    let bench = try Bench(Self.text)
    try await bench.deploy()
    let first = try current(bench, "web1/green")
    #expect(try current(bench, "web1/blue") == nil)
    #expect(first != nil)
    #expect(try traffic(bench) == "0")
    bench.files["app/version"] = "2\n"
    try await bench.deploy()
    let second = try current(bench, "web2/blue")
    #expect(second != nil)
    #expect(second != first)
    #expect(try current(bench, "web2/green") == first)
    #expect(try traffic(bench) == "100")
    try await bench.deploy()
    #expect(try traffic(bench) == "100")
    #expect(try current(bench, "web1/green") == first)

    let before = try bench.host("web2/green").receipt
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    let plan = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false)
    #expect(plan.hosts.map(\.action) == [.change, .unchanged, .change, .unchanged])
    _ = try await bench.end(bench.desk.deploy(plan))
    #expect(try traffic(bench) == "0")
    #expect(try current(bench, "web2/blue") == second)
    #expect(try bench.host("web2/green").receipt == before)
  }

  @Test("a rollback whose bundle is not in the state folder says so, and one with nothing before it too")
  func nothing() async throws {
    let bench = try Bench(Self.text)
    try await bench.deploy()
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    let none = await refusal { _ = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false) }
    #expect(none.contains("there is no previous good release to go back to"), "\(none)")
    bench.files["app/version"] = "2\n"
    try await bench.deploy()
    let elsewhere = try Bench(Self.text, hosts: bench.transport.hosts)
    let missing = await refusal { _ = try await elsewhere.desk.planRollback(of: selection, in: elsewhere.project, straighten: false) }
    #expect(missing.contains("is not in this state folder") && missing.contains("--state"), "\(missing)")
  }

  @Test("a deployment of one slot of a machine is refused with the way to name both")
  func half() async throws {
    let bench = try Bench(Self.text)
    let text = await refusal { _ = try await bench.plan(DeploymentRequest(only: ["web1/blue", "web2"])) }
    #expect(text.contains("web1/blue: it is taken without web1/green, and a deployment has all slots of a machine"), "\(text)")
    #expect(text.contains("--only web1"))
  }
}
