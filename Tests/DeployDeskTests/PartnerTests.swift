import DeployCore
import DeployModel
import DeploySimulation
import Testing

@testable import DeployDesk

/// Tests partners of recipes, in rehearsals and in simulated deployments.
@Suite("Partners of a recipe")
struct PartnerTests {
  private static let groups = """
    group "lb" { hosts = { host "lb1" { transport = "local", root = "/hosts/lb1" } } }
    """
  private static let body = """
    partners = group "lb",
        on = { ApplicationStop = function(host, deployment)
          for _, balancer in ipairs(deployment:partners "lb") do balancer:run("drain " .. host.name) end
          deployment:partner("lb1"):run "look"
        end },
    """

  private func main(_ recipe: String) -> String {
    SpecBench.main + "\ngroup \"lb\" { hosts = { \"lb1\", \"lb2\" } }\n"
      + "recipe \"shop\" { path = \"/srv/shop\", targets = group \"all\", revision = bundle { from = \"dist\" },\n\(recipe) }"
  }

  @Test("a hook asks the hosts of a partner group, which a test sees under their names")
  func asked() async throws {
    let text = main(
      """
      partners = group "lb",
      on = { ApplicationStop = function(host, deployment)
        each(deployment:partners "lb", function(balancer) balancer:run("drain " .. host.name) end)
      end }
      """
    )
    let results = try await SpecBench.results(
      """
      it("holds", function(t)
        local run = t:deploy("shop")
        t:expect(run.status):equals "succeeded"
        t:expect(run:ran("drain web1", "lb1")):equals(1)
        t:expect(run:ran("drain web3", "lb2")):equals(1)
        local bad = t:deploy("shop", { answers = { { command = "drain web1", host = "lb2", status = 1 } } })
        t:expect(bad.status):equals "failed"
      end)
      """, main: text)
    #expect(results.map(\.problem) == [nil])
  }

  @Test(
    "what is no partner is refused by check with what there is, before any host is asked",
    arguments: [
      ("deployment:partners \"lbs\"", "the recipe has no partners \"lbs\"", "did you mean lb?"),
      ("deployment:partner \"lb11\":run \"x\"", "no partner is called \"lb11\"", "did you mean lb1?"),
      ("local f = deployment.partners; f(\"lb\")", "deployment:partners is written with a colon", "deployment:partners \"…\""),
    ])
  func mistakes(call: String, message: String, fix: String) async throws {
    let body = """
      partners = group "lb",
          on = { ApplicationStop = function(host, deployment) \(call) end },
      """
    let problems = try await BenchProject(body: body, more: Self.groups).bench().check().problems
    #expect(problems.first?.message == message && problems.first?.fix == fix, "\(problems)")
  }

  @Test("a wave or a watch of a partner is a mistake, because partners are never changed")
  func waves() async throws {
    for call in ["rollout:wave(rollout:partners \"lb\")", "rollout:watch { during = \"1s\", port = 80, hosts = rollout:partner \"lb1\" }"] {
      let body = """
        partners = group "lb",
            strategy = strategy "own" (function(rollout)
              rollout:wave(rollout.targets)
              \(call)
            end),
        """
      let problems = try await BenchProject(body: body, more: Self.groups).bench().check().problems
      #expect(problems.first?.message.hasSuffix("lb1 is a partner, and only targets are changed and watched") == true, "\(problems)")
    }
  }

  @Test("a deployment locks its partner in a folder of its own, asks it once for each host, and gives the lock back")
  func deployed() async throws {
    var lb = Bench.host("lb1")
    lb.fence = SimulatedHost.Fence(number: 41, token: "before")
    let bench = try Bench(Bench.text(body: Self.body, more: Self.groups), hosts: [Bench.host("h1"), Bench.host("h2"), lb])
    let plan = try await bench.plan().plan
    #expect(plan.lock.fence == 42 && plan.partners.map(\.path) == ["/hosts/lb1/.lander/app/test"])
    try await bench.deploy()
    // The first deployment to a host stops nothing there, so that the balancer is not used.
    #expect(try bench.host("lb1").jobs.contains { $0.intent.operation.verb == "run" } == false)
    try await bench.deploy(DeploymentRequest(force: true))
    let host = try bench.host("lb1")
    let commands = host.jobs.compactMap { job in if case .run(let command) = job.intent.operation { command.line } else { nil } }
    #expect(commands.sorted() == ["drain h1", "drain h2", "look", "look"])
    #expect(host.lock == nil && host.receipt == nil && host.fence.number > 42)
  }

  @Test("unlock gives the locks of partners back too, or the next deployment would be refused with the advice to unlock")
  func unlocked() async throws {
    let bench = try Bench(
      Bench.text(body: Self.body, more: Self.groups), hosts: [Bench.host("h1"), Bench.host("h2"), Bench.host("lb1")])
    let plan = try await bench.plan().plan
    _ = try await bench.leave(bench.desk.deploy(plan)) { await $0.hasBegunWave(of: plan.id) }
    try #require(bench.transport.hosts[2].lock?.lock.deployment == plan.id)
    let found = try #require(await bench.desk.surveyWithPartners([bench.project.project.selection(recipe: nil, group: nil)]).first)
    var names: [String] = []
    try await bench.desk.unlock(try await bench.desk.locks(on: [found])) { names.append($0.name) }
    #expect(names.contains("lb1") && bench.transport.hosts.allSatisfy { $0.lock == nil }, "\(names)")
  }
}
