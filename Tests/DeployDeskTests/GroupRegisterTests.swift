import DeployCore
import DeployModel
import DeployReport
import DeploySimulation
import Foundation
import Testing

@testable import DeployDesk

/// Tests the first host of a group as the register of its stages, and deployments that have to do without it.
@Suite("The register of a group")
struct GroupRegisterTests {
  private static let stage = """
    stage "migrate" { once = "revision", on = "host", run = function(host) host:run "migrate" end,
      undo = function(host) host:run "migrate back" end }
    """
  private static let files = ["app/version": "2\n"]

  private static func text(_ stage: String = stage, body: String = "") -> String {
    Bench.text(hosts: 3, body: "stages = { stage.upload, \(stage), stage.rollout }, \(body)")
  }

  /// Returns how often a command ran, on all hosts together.
  private static func count(_ line: String, _ bench: Bench) -> Int {
    bench.transport.hosts.flatMap { Array($0.jobs) }.count {
      if case .run(let command) = $0.intent.operation { command.line == line } else { false }
    }
  }

  private static func remarks(_ bench: Bench) async throws -> String {
    let id = try #require(await bench.journal.deployments().first?.id)
    return await bench.journal.entries(of: id).entries.compactMap { entry in
      if case .noted(.remark(let text)) = entry.fact { text } else { nil }
    }.joined(separator: "\n")
  }

  private static func plan(_ bench: Bench, _ host: String) async throws -> PlannedDeployment {
    try await bench.plan(DeploymentRequest(only: [host]))
  }

  private static func back(_ bench: Bench, _ hosts: String...) async throws -> Plan {
    let selection = try bench.project.project.selection(recipe: nil, group: nil, only: hosts)
    return try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false)
  }

  private static func lines(_ planned: PlannedDeployment) -> String { planned.report.lines(on: Surface()).joined(separator: "\n") }

  private static func run(_ plan: Plan, _ bench: Bench) async throws -> Conclusion {
    try #require(try await bench.end(bench.desk.deploy(plan)).deployments.first?.conclusion)
  }

  @Test("an unreachable register is named in the plan and in the deployment, with what that means and what to do")
  func unreachable() async throws {
    // A host that the simulation does not have is unreachable.
    let bench = try Bench(Self.text(), hosts: [Bench.host("h2"), Bench.host("h3")])
    let planned = try await Self.plan(bench, "h2")
    let said = "none: h1 cannot keep it: there is no simulated host h1. Deployments and rollbacks of other parts of the group do not wait"
    #expect(Self.lines(planned).contains(said), "\(Self.lines(planned))")
    #expect(Self.lines(planned).contains("or repair h1") && !Self.lines(planned).contains("h1 is locked"))
    #expect(planned.plan.register?.register?.missing != nil && planned.plan.namedPartners.isEmpty)
    #expect(try await Self.run(planned.plan, bench).status == .succeeded)
    let remarks = try await Self.remarks(bench)
    #expect(remarks.contains("Register of the group: \(said)"), "\(remarks)")
  }

  @Test("a register that does not give its lock for a reason of its own is named in the deployment, which goes on")
  func refusing() async throws {
    for kind in [Failure.Kind.noSpace, .unreachable, .corrupt, .timeout] {
      var faults = Faults()
      faults.appointments = [.refusing(host: 0, verb: "lock", kind)]
      let bench = try Bench(Self.text(), faults: faults)
      let planned = try await Self.plan(bench, "h2")
      #expect(Self.lines(planned).contains("h1 is locked as well"), "\(Self.lines(planned))")
      #expect(try await Self.run(planned.plan, bench).status == .succeeded)
      let remarks = try await Self.remarks(bench)
      #expect(remarks.contains("Register of the group: none: h1 cannot keep it: lock was refused"), "\(kind): \(remarks)")
      #expect(Self.count("migrate", bench) == 1)
    }
  }

  @Test("a plan that was made before another part of the group was deployed is refused, so that the stage does not run twice")
  func stale() async throws {
    for stage in [Self.stage, Self.stage.replacing("once = \"revision\", ", with: ""), Self.irreversible] {
      let bench = try Bench(Self.text(stage))
      let plans = [try await Self.plan(bench, "h2").plan, try await Self.plan(bench, "h3").plan]
      #expect(try await Self.run(plans[0], bench).status == .succeeded)
      let second = try await Self.run(plans[1], bench)
      #expect(second.status == .refused && second.error?.failure.kind == .fenced, "\(second)")
      #expect(second.error?.failure.message.contains("h1: another part of the group was deployed or rolled back since") == true)
      #expect(second.error?.failure.fix == "plan again: lander deploy app --group test --only h3")
      #expect(Self.count("migrate", bench) == 1)
      #expect(try await Self.run(Self.plan(bench, "h3").plan, bench).status == .succeeded)
    }
  }

  private static let irreversible = "stage \"drop\" { irreversible = true, on = \"host\", run = function(host) host:run \"migrate\" end }"

  @Test("of two rollbacks of parts, the one that was planned before the other one ran is refused, and planned again it undoes the stage")
  func staleRollback() async throws {
    let first = try Bench(Self.text())
    try await first.deploy()
    let bench = try Bench(Self.text(), files: Self.files, hosts: first.transport.hosts, after: first)
    try await bench.deploy()
    #expect(try await Self.run(Self.back(bench, "h1"), bench).status == .succeeded)
    let plans = [try await Self.back(bench, "h2"), try await Self.back(bench, "h3")]
    #expect(plans.allSatisfy { $0.register != nil && $0.undone.isEmpty })
    #expect(try await Self.run(plans[0], bench).status == .succeeded)
    let second = try await Self.run(plans[1], bench)
    #expect(second.status == .refused && second.error?.failure.fix == "plan again: lander rollback app --group test --only h3", "\(second)")
    let anew = try await Self.back(bench, "h3")
    #expect(anew.undone.map(\.mark.stage) == ["migrate"])
    #expect(try await Self.run(anew, bench).status == .succeeded)
    #expect(Self.count("migrate back", bench) == 1)
  }

  @Test("a rollback of a part and a deployment of the revision that it leaves do not run together, although the stage ran before")
  func revisionBack() async throws {
    let first = try Bench(Self.text())
    try await first.deploy()
    let bench = try Bench(Self.text(), files: Self.files, hosts: first.transport.hosts, after: first)
    try await bench.deploy(DeploymentRequest(only: ["h3"]))
    let forward = try await Self.plan(bench, "h2").plan
    let back = try await Self.back(bench, "h3")
    #expect(back.undone.map(\.mark.stage) == ["migrate"])
    #expect(try await Self.run(back, bench).status == .succeeded)
    #expect(try await Self.run(forward, bench).status == .refused, "it would run revision 2 without its stage")
    #expect(try await Self.run(Self.plan(bench, "h2").plan, bench).status == .succeeded)
    #expect(Self.count("migrate", bench) == 3)
  }

  @Test("a host that is both a partner of the recipe and the first host of the group is the register too")
  func both() async throws {
    let text = Self.text(body: "partners = group \"lb\",").replacing(
      "group \"test\"", with: "group \"lb\" { hosts = { host \"h1\" { transport = \"local\", root = \"/hosts/h1\" } } }\ngroup \"test\"",
      maxReplacements: 1)
    let bench = try Bench(text)
    let plan = try await Self.plan(bench, "h2").plan
    #expect(plan.partners.count == 1 && plan.register?.groups == ["lb"] && plan.namedPartners.map(\.host.name) == ["h1"])
    #expect(try await Self.run(plan, bench).status == .succeeded)
    #expect(try bench.host("h1").marks.map(\.stage) == ["migrate"])
  }

  @Test("a register in a plan of an older version, a partner without groups, is still one")
  func older() throws {
    let partner = Partner(host: Host(name: "h1"), groups: [], path: "/x", register: Partner.Register(fence: 3))
    var text = String(decoding: try JSONEncoder().encode(partner), as: UTF8.self)
    #expect(try JSONDecoder().decode(Partner.self, from: Data(text.utf8)) == partner)
    text = text.replacing(",\"register\":{\"fence\":3}", with: "").replacing("\"register\":{\"fence\":3},", with: "")
    let old = try JSONDecoder().decode(Partner.self, from: Data(text.utf8))
    #expect(!text.contains("register") && old.register == Partner.Register(), "\(text)")
    text = text.replacing("\"groups\":[]", with: "\"groups\":[\"lb\"]")
    #expect(try JSONDecoder().decode(Partner.self, from: Data(text.utf8)).register == nil)
  }
}
