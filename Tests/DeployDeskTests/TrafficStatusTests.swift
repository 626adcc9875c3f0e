import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

@testable import DeployDesk

/// Tests what `status` knows about the traffic of groups with slots.
@Suite("The traffic that status tells")
struct TrafficStatusTests {
  private func known(_ bench: Bench) async throws -> KnownTraffic? {
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    return try await bench.desk.past.traffic(of: await bench.desk.survey(selection))
  }

  @Test("it is as the last deployment of this journal set it, and unknown before one did; nobody is asked for it")
  func shifted() async throws {
    let bench = try Bench(SlotTests.text)
    #expect(try await known(bench)?.why == "no deployment of this state folder has moved it")
    let end = try await bench.deploy()
    let jobs = bench.transport.hosts.map(\.jobs.count)
    let found = try #require(try await known(bench))
    #expect(found.deployment == end.deployments[0].plan.id && found.since != nil)
    #expect(found.weights?.shares.map(\.percent).sorted() == [0, 100], "\(found)")
    #expect(bench.transport.hosts.map(\.jobs.count) == jobs)
  }

  @Test("it is unknown if a deployment from elsewhere came to the hosts since")
  func elsewhere() async throws {
    let bench = try Bench(SlotTests.text)
    try await bench.deploy()
    bench.transport.change("web1/blue") { host in
      guard var receipt = host.receipt else { return }
      (receipt.deployment, receipt.actor, receipt.at) = ("other", "kim@desk", receipt.at + .minutes(600))
      host.receipt = receipt
    }
    bench.transport.change("web1/green") { host in
      guard var receipt = host.receipt else { return }
      (receipt.deployment, receipt.actor, receipt.at) = ("other", "kim@desk", receipt.at + .minutes(600))
      host.receipt = receipt
    }
    let found = try #require(try await known(bench))
    #expect(found.weights == nil && found.why == "deployment other of kim@desk was made from another state folder since", "\(found)")
  }

  @Test("of a group without slots, or a recipe without traffic, nothing is said")
  func none() async throws {
    #expect(try await known(try Bench(Bench.text())) == nil)
  }
}
