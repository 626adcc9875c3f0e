import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

@testable import DeployDesk

@Suite("Plans for hosts that could not be restored") struct UnrestoredPlanTests {
  private let text = Bench.text(hosts: 1, body: "on = { ApplicationStart = function(host) host:run \"bin/start\" end },")

  @Test("the plan leads to the receipt, although the host has the release already")
  func whole() async throws {
    let first = try Bench(text)
    try await first.deploy()
    let second = try Bench(text, hosts: first.transport.hosts, after: first)
    second.transport.change("h1") { $0.failedRestore = FailedRestore(deployment: "d9", message: "it does not start", commands: []) }
    let planned = try await second.desk.plan(Asked(DeploymentRequest()), of: second.project)
    #expect(planned.plan.hosts[0].isUnrestored == true && planned.plan.hosts[0].action == .change)
    let verbs = planned.rehearsal.good.compactMap { entry in
      if case .intended(let intent) = entry.fact { intent.operation.verb } else { nil }
    }
    #expect(verbs.contains("record") && verbs.last == "unlock", "\(verbs) \(planned.rehearsal.findings)")
  }
}
