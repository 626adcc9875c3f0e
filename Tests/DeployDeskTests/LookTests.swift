import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

@testable import DeployDesk

/// Tests what people can read about deployments and hosts afterwards.
struct LookTests {
  private let body = "on = { ApplicationStart = function(host) host:run \"start\" end },"

  @Test("the log of a deployment has its commands with their hosts, events and output, and only those of one host if one is named")
  func logs() async throws {
    let bench = try Bench(Bench.text(body: body))
    let id = try await bench.deploy().deployments[0].plan.id
    let log = try #require(try await bench.desk.past.logs(of: "last", host: nil).first)
    #expect(log.deployment.id == id && log.damage == nil)
    #expect(log.commands.map(\.host).sorted() == ["h1", "h2"] && log.commands.allSatisfy { $0.event == "ApplicationStart" })
    #expect(String(decoding: try bench.desk.past.output(of: log.commands[0], in: id).stdout, as: UTF8.self) == "start\n")
    #expect(try await bench.desk.past.logs(of: id.rawValue, host: "h2").flatMap(\.commands).map(\.host) == ["h2"])
    let text = await refusal { _ = try await bench.desk.past.logs(of: id.rawValue, host: "h3") }
    expectText(text, "deployment \(id) has no host \"h3\"\n  → did you mean \"h1\"?\n")
  }

  @Test("the log of the last deployment comes with the deployment that it took back")
  func both() async throws {
    var faults = Faults()
    faults.appointments = [.failing(host: 1, .applicationStart, release: nil)]
    let first = try Bench(Bench.text(body: "strategy = rolling, " + body))
    try await first.deploy()
    let bench = try Bench(
      Bench.text(body: "strategy = rolling, " + body), files: ["app/version": "2\n"], hosts: first.transport.hosts, after: first,
      faults: faults)
    let end = try await bench.deploy()
    try #require(end.deployments.count == 2)
    let logs = try await bench.desk.past.logs(of: "last", host: nil)
    #expect(logs.map(\.deployment.id) == end.deployments.map(\.plan.id))
    #expect(try await bench.desk.past.logs(of: end.deployments[1].plan.id.rawValue, host: nil).count == 1)
  }

  @Test("a deployment is found by its id, the beginning or the end of it, and last; two that could be meant are named")
  func found() async throws {
    let bench = try Bench(Bench.text(body: body))
    try await bench.deploy()
    try await bench.deploy(DeploymentRequest(force: true))
    let past = bench.desk.past
    let ids = try await past.journal.deployments().map(\.id)
    #expect(try await past.find("last").id == ids[0])
    #expect(try await past.find(ids[1].rawValue).id == ids[1])
    expectText(
      await refusal { _ = try await past.find("d") },
      "\"d\" names 2 deployments\n  → say which: \(ids.joined(separator: ", "))\n")
    expectText(
      await refusal { _ = try await past.find("x") }, "there is no deployment \"x\" in this journal\n  → lander history lists them\n")
  }

  @Test("verify compares every host that answers, and a receipt of another bundle is no good host")
  func verify() async throws {
    let first = try Bench(Bench.text(body: body))
    try await first.deploy()
    let bundle = try #require(first.transport.hosts[0].receipt?.inputs.bundle)
    var watch = BenchWatch(bundle: bundle)
    watch.deviations = ["h2": [Deviation("version", .content)]]
    func group(_ watch: BenchWatch) async throws -> VerifiedGroup {
      let bench = try Bench(Bench.text(body: body), hosts: first.transport.hosts, after: first, watch: watch)
      return await bench.desk.verify(try bench.project.project.selection(recipe: nil, group: nil))
    }
    let found = try await group(watch)
    #expect(!found.isWhole && !found.surveys.contains(where: \.isUnreachable) && found.hosts.map(\.verdict.isWhole) == [true, false])
    watch.deviations = ["h2": [Deviation("log", .extra)]]
    #expect(try await group(watch).isWhole)
    watch.bundle = Digest(hex: "ff")
    let other = try await group(watch)
    #expect(!other.isWhole && other.hosts.allSatisfy { if case .failed = $0.verdict { true } else { false } })
  }

  @Test("pruning keeps the newest bundles and those in use, and says how many older ones stayed")
  func prune() async throws {
    let bench = try Bench(Bench.text(body: body))
    try await bench.deploy()
    for number in 1...3 { _ = bench.shelf.pack([("a", "\(number)\n")], from: "a") }
    let outcome = try await Retention(shelf: bench.shelf, past: bench.desk.past).prune(keep: 1)
    #expect(outcome.removed.bundles.count == 2 && outcome.spared == 1)
    #expect(try bench.shelf.list().count == 2)
  }

  @Test("a host that answers with what cannot be read or believed does not agree; one that does not answer was not seen, with the cause")
  func audit() async throws {
    let bench = try Bench(Bench.text(hosts: 4))
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    let found = Surveyed(
      selection: selection,
      surveys: [
        .unreachable(Failure(.corrupt, "/srv/app/.lander/receipt cannot be read as a receipt")),
        .unreachable(Failure(.notPermitted, "/srv/app/.lander belongs to nobody, not to root")),
        .unreachable(Failure(.unreachable, "no route to host")), .reached(.fresh),
      ])
    let audits = try await bench.desk.past.audit(found)
    #expect(audits.map(\.isFine) == [false, false, true, true])
    #expect(audits.map(\.words)[0] == "/srv/app/.lander/receipt cannot be read as a receipt")
    #expect(audits.map(\.words)[2] == "not seen: no route to host")
  }

  @Test("a command by itself says where its output belongs and how to look without, if nothing can be kept there")
  func nowhere() async throws {
    var faults = Faults()
    faults.appointments = [.refusing(host: 1, verb: "run", .noSpace)]
    let bench = try Bench(Bench.text(), faults: faults)
    let selection = try bench.project.project.selection(ofGroup: "test", only: [])
    let execution = Execution(["hostname"], on: selection, limit: .seconds(5), at: bench.desk)
    let results = await execution.run(parallel: 2, isEnding: { false }, finished: { _, _ in })
    let failure = try #require(results.first { $0.host == "h2" }?.outcome.failure)
    #expect(failure.message == "its output is kept in /hosts/h2/srv/app/.lander, and that fails: run was refused", "\(failure)")
    #expect(failure.fix == "log in to h2 to look by hand")
    #expect(results.first { $0.host == "h1" }?.outcome.failure == nil)
  }
}
