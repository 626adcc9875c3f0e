import DeployCore
import DeployModel
import DeploySimulation
import Testing

@testable import DeployDesk

/// Tests two slots on each host, in deployments one after the other. The traffic's weights are a file on the first host.
struct SlotTests {
  static let text = """
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

    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    let plan = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false)
    #expect(plan.hosts.map(\.action) == [.change, .unchanged, .change, .unchanged])
    _ = try await bench.end(bench.desk.deploy(plan))
    #expect(try traffic(bench) == "0")
    #expect(try current(bench, "web2/blue") == second)
    let receipt = try bench.host("web2/green").receipt
    #expect(receipt?.deployment == plan.id && receipt?.release.id == first && receipt?.trial == nil)
    #expect(receipt?.undid == (try bench.host("web2/blue").receipt?.deployment))
  }

  @Test("the release that a rollback leaves is bad: neither another rollback nor another group takes it")
  func left() async throws {
    let bench = try Bench(Self.text)
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    try await bench.deploy()
    let first = try current(bench, "web1/green")
    bench.files["app/version"] = "2\n"
    try await bench.deploy()
    _ = try await bench.end(bench.desk.deploy(bench.desk.planRollback(of: selection, in: bench.project, straighten: false)))
    let found = try selection.hosts.map { (host: $0, survey: Survey.reached(try bench.host($0.name).state(at: bench.clock.now()))) }
    for case .reached(let state) in Slots.speaking(found).map(\.survey) { #expect(state.current == first) }
    bench.files["app/version"] = "3\n"
    let third = try await bench.end(bench.desk.deploy(bench.plan().plan)).deployments[0].conclusion
    #expect(third?.status == .succeeded, "\(String(describing: third?.error))")
    #expect(try traffic(bench) == "100")
    let plan = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false)
    #expect(plan.content.release?.id == first)
    _ = try await bench.end(bench.desk.deploy(plan))
    #expect(try traffic(bench) == "0")
    #expect(try current(bench, "web1/green") == first)
  }

  @Test("a task that only runs something runs in the slot that has the traffic, too")
  func task() async throws {
    let text = Self.text.replacing("api = 1,", with: "api = 1, tasks = { task \"look\" { run = function(host) host:run \"look\" end } },")
    let bench = try Bench(text)
    #expect(try await bench.check().problems.isEmpty)
  }

  @Test("another rollback goes to the good release before that")
  func further() async throws {
    let bench = try Bench(Self.text)
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    try await bench.deploy()
    let first = try current(bench, "web1/green")
    for version in ["2\n", "3\n"] {
      bench.files["app/version"] = version
      try await bench.deploy()
    }
    for traffic in ["100", "0"] {
      let plan = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false)
      #expect(try await bench.end(bench.desk.deploy(plan)).deployments[0].conclusion?.status == .succeeded)
      #expect(try self.traffic(bench) == traffic)
    }
    #expect(try current(bench, "web1/green") == first)
  }

  @Test("traffic that cannot be put back stays with a slot that keeps running")
  func stray() async throws {
    let weight = "if weights.blue == 0 and deployment.targets:first():exists(\"/traffic\") then fail \"no balancer\" end "
    let text = Self.text.replacing("weight = function(weights, deployment) ", with: "weight = function(weights, deployment) " + weight)
      .replacing("host:try(\"bin/look\").ok", with: "not host:exists(\"/bad\", { rehearse = false })")
    let bench = try Bench(text)
    try await bench.deploy()
    try #require(try traffic(bench) == "0")
    bench.files["app/version"] = "2\n"
    bench.transport.change("web1/blue") { $0.files["/bad"] = SimulatedFile(.text("")) }
    let end = try await bench.end(bench.desk.deploy(bench.plan().plan)).deployments
    #expect(end.first?.conclusion?.status == .failed)
    #expect(end.first?.conclusion?.rollback == [])
    #expect(end.count == 1)
    #expect(try traffic(bench) == "100")
    #expect(try current(bench, "web1/blue") != nil)
  }

  @Test("no traffic moves to a side of which a slot did not get the release, whatever the budget is")
  func half_a_side() async throws {
    let text = Self.text.replacing("api = 1,", with: "api = 1, configuration = { budget = { failed = 1, wave = 1 } },")
    let bench = try Bench(text)
    try await bench.deploy()
    bench.files["app/version"] = "2\n"
    bench.transport.change("web1/blue") { host in
      host.commands = { line, _ in
        var command = SimulatedCommand()
        if line.hasPrefix("bin/start") { command.status = 1 }
        return command
      }
    }
    let end = try await bench.end(bench.desk.deploy(bench.plan().plan)).deployments
    #expect(end.first?.conclusion?.status == .failed)
    #expect(end.first?.conclusion?.error?.failure.message.contains("a slot did not get the release") == true)
    #expect(try traffic(bench) == "0")
  }

  @Test("a rollback from a state folder without the bundle goes to the slots that still run it, and sends nothing")
  func elsewhere() async throws {
    let bench = try Bench(Self.text)
    try await bench.deploy()
    let first = try current(bench, "web1/green")
    bench.files["app/version"] = "2\n"
    try await bench.deploy()
    let elsewhere = try Bench(Self.text, hosts: bench.transport.hosts)
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    let plan = try await elsewhere.desk.planRollback(of: selection, in: elsewhere.project, straighten: false)
    let end = try await elsewhere.end(elsewhere.desk.deploy(plan)).deployments
    #expect(end.first?.conclusion?.status == .succeeded, "\(String(describing: end.first?.conclusion))")
    #expect(try traffic(elsewhere) == "0")
    #expect(try current(elsewhere, "web2/green") == first)
  }

  @Test("an unreachable machine is refused before anything starts, whatever the budget is: it would get traffic")
  func away() async throws {
    let text = Self.text.replacing("api = 1,", with: "api = 1, configuration = { budget = { unreachable = 2 } },")
    let bench = try Bench(text)
    try await bench.deploy()
    bench.files["app/version"] = "2\n"
    let half = try Bench(text, hosts: bench.transport.hosts.filter { !$0.name.hasPrefix("web2") }, after: bench)
    let refused = await refusal { _ = try await half.plan() }
    #expect(refused.contains("web2/blue, and it would get traffic on a slot without the release"), "\(refused)")
  }

  @Test("a rollback whose bundle is needed and not in the state folder says so, and one with nothing before it too")
  func nothing() async throws {
    let bench = try Bench(Self.text)
    try await bench.deploy()
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    let none = await refusal { _ = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false) }
    #expect(none.contains("there is no previous good release to go back to"), "\(none)")
    let first = try current(bench, "web1/green")
    for version in ["2", "3"] {
      bench.files["app/version"] = version
      try await bench.deploy()
    }
    let elsewhere = try Bench(Self.text, hosts: bench.transport.hosts)
    let missing = await refusal {
      _ = try await elsewhere.desk.planRollback(of: selection, in: elsewhere.project, straighten: false, to: first?.rawValue)
    }
    #expect(missing.contains("is not in this state folder") && missing.contains("--state"), "\(missing)")
  }

  @Test("a deployment of one slot of a machine is refused with the way to name both")
  func half() async throws {
    let bench = try Bench(Self.text)
    let text = await refusal { _ = try await bench.plan(DeploymentRequest(only: ["web1/blue", "web2"])) }
    #expect(text.contains("web1/blue: it is taken without web1/green, and a deployment has all slots of a machine"), "\(text)")
    #expect(text.contains("--only web1"))
    let machine = await refusal { _ = try await bench.plan(DeploymentRequest(only: ["web1"])) }
    #expect(machine.contains("the traffic of the recipe moves for all machines together, and web2 is left out"), "\(machine)")
  }
}
