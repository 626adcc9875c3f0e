import DeployCore
import DeployModel
import DeployReport
import DeploySimulation
import Testing

@testable import DeployDesk

/// Tests rollbacks to any release that the hosts still keep.
struct ReleasesTests {
  private let text = Bench.text(body: "on = { ApplicationStart = function(host) host:run \"start\" end },")

  /// Deploys this number of versions, one after the other.
  private func deployed(_ count: Int, faults: Faults = Faults()) async throws -> (bench: Bench, releases: [Release.ID]) {
    var bench = try Bench(text, files: ["app/version": "1\n"])
    var releases: [Release.ID] = []
    for version in 1...count {
      if version > 1 { bench = try Bench(text, files: ["app/version": "\(version)\n"], hosts: bench.transport.hosts, after: bench) }
      try await bench.deploy()
      // Virtual time may differ, so the receipts get times in the right order.
      for host in ["h1", "h2"] { bench.transport.change(host) { $0.receipt?.at = Timestamp(milliseconds: version * 1000) } }
      releases.append(try #require(bench.transport.hosts[0].current))
    }
    return (bench, releases)
  }

  private func back(_ bench: Bench, to aim: String? = nil) async throws -> [Release.ID?] {
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    let plan = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false, to: aim)
    #expect(try await bench.end(bench.desk.deploy(plan)).deployments.map(\.conclusion?.status) == [.succeeded])
    return bench.transport.hosts.map(\.current)
  }

  @Test("a rollback goes to any release that the hosts keep, with its own recipe")
  func aimed() async throws {
    let (bench, releases) = try await deployed(4)
    let before = bench.transport.hosts[0].jobs.count
    #expect(try await back(bench, to: String(releases[0].rawValue.prefix(8))) == [releases[0], releases[0]])
    #expect(bench.transport.hosts[0].jobs.count > before)
    let found = try #require(await bench.desk.surveyKept([bench.project.project.selection(recipe: nil, group: nil)]).first)
    let kept = KeptReleases(found.named).list
    #expect(kept.map(\.release) == [releases[0], releases[3], releases[2], releases[1]])
    #expect(kept.map(\.verdict) == [.good, .bad, .good, .good])
    let lines = ReleasesReport("app on test", hosts: found.named, now: bench.desk.now).lines(on: Surface())
    #expect(lines.contains { $0.contains(releases[3].rawValue) && $0.contains("bad") })
    #expect(lines.last == "  → lander rollback --to RELEASE goes to a good one")
    let text = await refusal { _ = try await back(bench) }
    #expect(text.contains("it went back already"), "what came after the release is no way back from it: \(text)")
  }

  @Test("a bad revision is refused as a target, and the next rollback without one skips it")
  func bad() async throws {
    let (bench, releases) = try await deployed(3)
    #expect(try await back(bench) == [releases[1], releases[1]])
    let text = await refusal { _ = try await back(bench, to: releases[2].rawValue) }
    #expect(text.contains("is no good release to go back to: deployment") && text.contains(releases[0].rawValue))
    #expect(try await back(bench) == [releases[0], releases[0]], "any depth that is kept")
  }

  @Test("a release of which something is missing on a host is refused as a target, however long ago it ran, and is listed as damaged")
  func damaged() async throws {
    let (bench, releases) = try await deployed(4)
    bench.transport.change("h2") { $0.damaged = [releases[0], releases[2]] }
    let text = await refusal { _ = try await back(bench, to: releases[0].rawValue) }
    #expect(text.contains("h2: the release to go back to is damaged: of \(releases[0]) 1 of its 10 entries is missing"), "\(text)")
    let before = await refusal { _ = try await back(bench) }
    #expect(before.contains("h2: the release to go back to is damaged: of \(releases[2])"), "\(before)")
    let found = try #require(await bench.desk.surveyKept([bench.project.project.selection(recipe: nil, group: nil)]).first)
    #expect(KeptReleases(found.named).list.map(\.damaged) == [[], ["h2"], [], ["h2"]])
    let lines = ReleasesReport("app on test", hosts: found.named, now: bench.desk.now).lines(on: Surface())
    #expect(lines.contains { $0.contains(releases[0].rawValue) && $0.contains("damaged on h2") })
    #expect(bench.transport.hosts.map(\.current) == [releases[3], releases[3]])
  }

  @Test("a host that lacks the release gets it with the rollback; if the bundle cannot be had, nothing is done")
  func lacking() async throws {
    let (bench, releases) = try await deployed(3)
    bench.transport.change("h2") { host in host.releases.removeAll { $0.release.id == releases[0] } }
    _ = try await back(bench, to: releases[0].rawValue)
    #expect(bench.transport.hosts.map(\.current) == [releases[0], releases[0]])
    let (other, kept) = try await deployed(3)
    other.transport.change("h2") { host in host.releases.removeAll { $0.release.id == kept[0] } }
    _ = try await other.shelf.prune(keep: 0, inUse: [])
    let gone = await refusal { _ = try await back(other, to: kept[0].rawValue) }
    #expect(gone.contains("is not in this state folder") && gone.contains("deploy the same files again"), "\(gone)")
    #expect(other.transport.hosts.map(\.current) == [kept[2], kept[2]])
  }
}
