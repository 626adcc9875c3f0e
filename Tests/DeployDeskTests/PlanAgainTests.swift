import DeployModel
import DeploySimulation
import Foundation
import Testing

@testable import DeployDesk

/// A saved plan is carried out only while everything that it names is unchanged.
struct PlanAgainTests {
  private static let text = Bench.text(
    body: "params = { percent = param.number { default = 10 } }, on = { ApplicationStart = function(host) host:run \"start\" end },")

  /// Plans, and returns the plan after encoding and decoding it, as a file would save it.
  private func kept(_ bench: Bench, _ request: DeploymentRequest = DeploymentRequest(), connecting: Bool = true) async throws -> PlanRecord
  {
    let record = PlanRecord(try await bench.plan(request, connecting: connecting).plan, for: request, connected: connecting)
    return try JSONDecoder().decode(PlanRecord.self, from: try JSONEncoder().encode(record))
  }

  @Test("a plan that is still true is carried out with the bundle that was built for it, though the folder has other files by now")
  func still() async throws {
    let bench = try Bench(Self.text)
    let request = DeploymentRequest(parameters: [Value.Member("percent", "10.0")], said: StatedProvenance(message: "First"))
    let record = try await kept(bench, request)
    let later = try Bench(Self.text, files: ["app/version": "2\n"], hosts: bench.transport.hosts, after: bench)
    let planned = try await later.desk.plan(again: record, said: StatedProvenance(), of: later.project)
    #expect(planned.plan.content.bundle?.digest == record.bundle && planned.plan.origin.provenance?.message == "First")
    let other = try await later.desk.plan(again: record, said: StatedProvenance(message: "Now"), of: later.project)
    #expect(other.plan.origin.provenance?.message == "Now")
    #expect(try await later.end(later.desk.deploy(other.plan)).deployments[0].conclusion?.status == .succeeded)
  }

  @Test("a plan whose file was edited to pass a freeze, or to come in another order, is refused")
  func edited() async throws {
    let bench = try Bench(Self.text)
    for edit in [{ $0.request.freezeOverride = "x" }, { $0.request.sequence = 7 }] as [(inout PlanRecord) -> Void] {
      var record = try await kept(bench)
      edit(&record)
      let found = await refusal { _ = try await bench.desk.plan(again: record, said: StatedProvenance(), of: bench.project) }
      #expect(found.contains("no plan says this: the file was edited"), "\(found)")
    }
  }

  @Test("what is not as in the plan is named, all of it at once, and nothing is started")
  func changed() async throws {
    let bench = try Bench(Self.text)
    let record = try await kept(bench)
    try await bench.deploy()
    let text = Self.text.replacing("default = 10", with: "default = 20").replacing("host \"h1\" {", with: "host \"h3\" {")
    let hosts = [Bench.host("h3"), try bench.host("h2")]
    let later = try Bench(text, hosts: hosts, after: bench)
    let before = await later.journal.deployments().count
    let found = await refusal { _ = try await later.desk.plan(again: record, said: StatedProvenance(), of: later.project) }
    let deployment = try #require(await bench.journal.deployments().first?.id)
    let release = try #require(try bench.host("h2").current)
    expectText(
      found,
      """
      recipe sources: they are others than the plan was made with: deploy.lua
      parameter percent: it has another value than in the plan
      hosts: new since the plan: h3
      h1: it is in the plan, and no more among the hosts
      h2: in the plan it runs nothing; now it runs release \(release) of deployment \(deployment), and has the release already
        → look at what changed, then: lander plan --connect --out FILE

      5 problems; nothing was started.

      """)
    #expect(await later.journal.deployments().count == before)
  }

  @Test("a stage that ran since the plan, and one that ran then and is forgotten, are named")
  func stages() async throws {
    let text = Bench.text(
      body: """
        stages = {
          stage.upload, stage "migrate" { once = "revision", on = "host", run = function(host) host:run "migrate" end }, stage.rollout,
        },
        on = { ApplicationStart = function(host) host:run "start" end },
        """)
    let bench = try Bench(text)
    let before = try await kept(bench, DeploymentRequest(force: true))
    #expect(before.stages?.map(\.standing) == ["runs"])
    let end = try await bench.deploy()
    let id = end.deployments[0].plan.id
    let found = await refusal { _ = try await bench.desk.plan(again: before, said: StatedProvenance(), of: bench.project) }
    #expect(
      found.contains("stage migrate: in the plan it runs; now it is skipped, because deployment \(id) ran it"), "\(found)")
    let after = try await kept(bench, DeploymentRequest(force: true))
    for name in ["h1", "h2"] { bench.transport.change(name) { $0.marks = [] } }
    let other = await refusal { _ = try await bench.desk.plan(again: after, said: StatedProvenance(), of: bench.project) }
    #expect(other.contains("stage migrate: in the plan it is skipped, because deployment \(id) ran it; now it runs"), "\(other)")
  }

  @Test("a bundle that is not here any more is built again, and another one is refused")
  func rebuilt() async throws {
    let bench = try Bench(Self.text)
    let record = try await kept(bench)
    let same = try Bench(Self.text)
    #expect(
      try await same.desk.plan(again: record, said: StatedProvenance(), of: same.project).plan.content.bundle?.digest == record.bundle)
    let other = try Bench(Self.text, files: ["app/version": "2\n"])
    let found = await refusal { _ = try await other.desk.plan(again: record, said: StatedProvenance(), of: other.project) }
    #expect(found.hasPrefix("bundle: the plan has \(record.bundle?.short ?? ""), and it is "), "\(found)")
  }

  @Test("a plan that was made without asking hosts says that what they run was not compared")
  func offline() async throws {
    let bench = try Bench(Self.text)
    let record = try await kept(bench, connecting: false)
    try await bench.deploy()
    _ = try await bench.desk.plan(again: record, said: StatedProvenance(), of: bench.project)
    #expect(
      bench.events.contains {
        if case .remark(let text) = $0 {
          text == "The plan was made without asking the hosts: what they run was not compared."
        } else {
          false
        }
      })
  }
}
