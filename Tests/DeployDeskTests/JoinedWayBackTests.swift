import DeployCore
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

@testable import DeployDesk

/// Tests rollbacks of groups with hosts that joined later.
struct JoinedWayBackTests {
  private static let text = Bench.text(
    hosts: 3,
    body: """
      stages = {
        stage.upload,
        stage "migrate" {
          once = "revision", on = "host",
          run = function(host) host:run "migrate" end, undo = function(host) host:run "migrate down" end,
        },
        stage.rollout,
      },
      on = { ApplicationStart = function(host) host:run "start" end },
      """)

  /// Returns hosts h1 and h2 after deployments of versions 1 and 2.
  private func grown() async throws -> Bench {
    let bench = try Bench(Self.text)
    for version in 1...2 {
      bench.files["app/version"] = "\(version)\n"
      try await bench.deploy(DeploymentRequest(only: ["h1", "h2"]))
    }
    return bench
  }

  private func join(_ bench: Bench) async throws {
    let joining = try await bench.desk.joining(DeploymentRequest(only: ["h3"]), of: bench.project)
    let wanted = try #require(joining.deployment)
    _ = try await bench.end(bench.desk.deploy(try await bench.desk.plan(wanted, endsLate: true).plan))
  }

  private func rollBack(_ bench: Bench, only: [String] = []) async throws -> [Conclusion.Status?] {
    let selection = try bench.project.project.selection(recipe: nil, group: nil, only: only)
    let plan = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false)
    return try await bench.end(bench.desk.deploy(plan)).deployments.map(\.conclusion?.status)
  }

  private func releases(_ bench: Bench) -> [Release.ID?] { bench.transport.hosts.map(\.current) }

  @Test("the whole group goes back: the older release is sent to the host that joined, and stages of the newer one are undone")
  func joined() async throws {
    let bench = try await grown()
    let older = try #require(try bench.host("h1").previous?.release.id)
    try await join(bench)
    #expect(Set(releases(bench)).count == 1)
    #expect(try await rollBack(bench) == [.succeeded])
    #expect(releases(bench) == [older, older, older])
    #expect(bench.transport.hosts.allSatisfy { host in host.marks.contains { $0.state == .undone } && host.lock == nil })
    #expect(
      bench.events.contains { if case .remark(let text) = $0 { text.contains("is sent to h3, which did not keep it") } else { false } })
  }

  @Test("a host of the group that never got anything stays as it is")
  func fresh() async throws {
    let bench = try await grown()
    #expect(try await rollBack(bench) == [.succeeded])
    let now = releases(bench)
    #expect(now[0] == now[1] && now[0] != nil && now[2] == nil)
  }

  @Test("a host that runs what others run does not join what a part of the group went back to")
  func parted() async throws {
    let bench = try await grown()
    try await join(bench)
    let newer = try bench.host("h3").current
    #expect(try await rollBack(bench, only: ["h1"]) == [.succeeded])
    let words = await refusal { try await join(bench) }
    #expect(words.contains("it runs release \(newer ?? "") as h2 does") && words.contains("the group has two revisions"), "\(words)")
    #expect(try bench.host("h3").current == newer)
  }

  @Test("a host that joins between the two halves of a way back hides no stage that the last hosts undo")
  func halves() async throws {
    let bench = try await grown()
    let older = try #require(try bench.host("h1").previous?.release.id)
    #expect(try await rollBack(bench, only: ["h1"]) == [.succeeded])
    try await join(bench)
    #expect(try bench.host("h3").current == older)
    #expect(try await rollBack(bench) == [.succeeded])
    #expect(releases(bench) == [older, older, older])
    #expect(bench.transport.hosts.contains { host in host.marks.contains { $0.state == .undone } })
  }

  @Test("a host that joined what an earlier way back led to makes no release good that was left for it")
  func afterEarlier() async throws {
    let bench = try await grown()
    let older = try #require(try bench.host("h1").previous?.release.id)
    #expect(try await rollBack(bench) == [.succeeded])
    bench.files["app/version"] = "3\n"
    try await bench.deploy(DeploymentRequest(only: ["h1", "h2"]))
    #expect(try await rollBack(bench, only: ["h1"]) == [.succeeded])
    try await join(bench)
    #expect(try await rollBack(bench) == [.succeeded])
    #expect(releases(bench) == [older, older, older])
  }

  @Test("a release that was left for an older one does not become good again, however often the group goes back")
  func left() async throws {
    let bench = try Bench(Self.text)
    bench.files["app/version"] = "1\n"
    try await bench.deploy(DeploymentRequest(only: ["h1", "h2"]))
    let first = try bench.host("h1").current
    for version in 2...5 {
      bench.files["app/version"] = "\(version)\n"
      try await bench.deploy(DeploymentRequest(only: ["h1", "h2"]))
      #expect(try await rollBack(bench, only: ["h1", "h2"]) == [.succeeded])
      #expect(try bench.host("h1").current == first && bench.host("h2").current == first, "after version \(version)")
      let words = await refusal { _ = try await rollBack(bench, only: ["h1", "h2"]) }
      #expect(words.contains("good"), "after version \(version): \(words)")
    }
  }
}
