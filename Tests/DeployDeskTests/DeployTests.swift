import DeployCore
import DeployModel
import DeploySimulation
import Testing

@testable import DeployDesk

/// Tests deployments from the request to the end, with simulated hosts.
struct DeployTests {
  private let hook = "strategy = rolling, on = { ApplicationStart = function(host) host:run \"start\" end },"

  /// Returns a bench after a successful deployment, with a new version of the project's files.
  private func changed(_ text: String, faults: Faults = Faults()) async throws -> Bench {
    let first = try Bench(text)
    try await first.deploy()
    return try Bench(text, files: ["app/version": "2\n"], hosts: first.transport.hosts, after: first, faults: faults)
  }

  @Test("a deployment brings the bundle to every host, and its events come in the order of the journal")
  func good() async throws {
    let bench = try Bench(Bench.text(body: hook))
    let plan = try await bench.plan().plan
    let running = bench.desk.deploy(plan, wantsOutput: true)
    running.start()
    var (entries, chunks): ([Entry], Int) = ([], 0)
    for await event in running.events {
      if case .entry(_, let entry) = event { entries.append(entry) }
      if case .output = event { chunks += 1 }
    }
    let end = try await running.end()
    #expect(end.deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(entries == (await bench.journal.entries(of: plan.id)).entries && chunks == 2)
    for host in bench.transport.hosts { #expect(host.current == plan.content.release?.id && host.lock == nil) }
  }

  @Test("the same request again changes nothing on a host, unless it is forced")
  func again() async throws {
    let bench = try Bench(Bench.text(body: hook))
    try await bench.deploy()
    let jobs = bench.transport.hosts.map(\.jobs.count)
    let plan = try await bench.plan().plan
    #expect(plan.hosts.allSatisfy { $0.action == .unchanged })
    try await bench.deploy()
    #expect(bench.transport.hosts.map(\.jobs.count) == jobs)
    #expect(try await bench.plan(DeploymentRequest(force: true)).plan.hosts.allSatisfy { $0.action == .change })
  }

  @Test("a deployment that fails is followed by its rollback, and both are one end and one pair")
  func failing() async throws {
    var faults = Faults()
    faults.appointments = [.failing(host: 1, .applicationStart, release: nil)]
    let bench = try await changed(Bench.text(body: hook), faults: faults)
    let before = bench.transport.hosts.map(\.current)
    let end = try await bench.deploy()
    #expect(end.deployments.map(\.conclusion?.status) == [.failed, .succeeded])
    #expect(bench.transport.hosts.map(\.current) == before)
    let pair = try await bench.desk.past.pair(of: end.deployments[0].plan.id)
    #expect(pair.back?.id == end.deployments[1].plan.id && pair.state == .concluded)
  }

  @Test("a deployment whose journal cannot be written says what broke it off, and the command that resumes it")
  func interrupted() async throws {
    let bench = try Bench(Bench.text(body: hook))
    let plan = try await bench.plan().plan
    bench.journal.fail(after: 3, with: Failure(.noSpace, "the disk is full"))
    do {
      _ = try await bench.end(bench.desk.deploy(plan))
      Issue.record("it ended well")
    } catch let failure as Failure {
      #expect(failure.kind == .noSpace && failure.message == "the deployment was interrupted: the disk is full")
      #expect(failure.fix == "lander resume \(plan.id)")
    }
  }

  @Test("a deployment that is cancelled before it begins ends in good order, with no host changed")
  func cancelled() async throws {
    let bench = try Bench(Bench.text(body: hook))
    let running = bench.desk.deploy(try await bench.plan().plan)
    #expect(await running.cancel(reason: "a test") == nil)
    let end = try await bench.end(running)
    #expect(end.deployments.map(\.conclusion?.status) == [.cancelled])
    for host in bench.transport.hosts { #expect(host.current == nil && host.lock == nil) }
  }

  @Test("a deployment that is left says what was left and what resumes it, and can be resumed to its end")
  func left() async throws {
    let bench = try Bench(Bench.text(body: hook))
    let plan = try await bench.plan().plan
    let running = bench.desk.deploy(plan)
    await running.detach()
    let end = try await bench.end(running)
    let last = try #require(end.deployments.last)
    #expect(last.isLeft && last.left.fix?.contains("lander resume \(plan.id)") == true)
    let pair = try await bench.desk.past.pair(nil, or: [.interrupted])
    guard case .running(let resumed) = try await bench.desk.resume(pair) else {
      Issue.record("it had ended")
      return
    }
    #expect(try await bench.end(resumed).deployments.map(\.conclusion?.status) == [.succeeded])
    guard case .ended(let over) = try await bench.desk.resume(pair) else {
      Issue.record("it was resumed twice")
      return
    }
    #expect(over.first.status == .succeeded)
  }

  @Test("what another process runs is not resumed beside it")
  func claimed() async throws {
    let bench = try Bench(Bench.text(body: hook))
    let running = bench.desk.deploy(try await bench.plan().plan)
    await running.detach()
    _ = try await bench.end(running)
    let pair = try await bench.desk.past.pair(nil, or: [.interrupted])
    let claim = try #require(bench.journal.claim(pair.first.id))
    let text = await refusal { _ = try await bench.desk.resume(pair) }
    #expect(text.hasPrefix("deployment \(pair.first.id) is running: another process of this machine is at it\n"))
    claim.release()
  }

  @Test("a secret that cannot be had is refused before anything starts, together with whatever else is wrong")
  func secrets() async throws {
    let body = "on = { ApplicationStart = function(host) host:run(\"./start.sh\", { env = { T = secret \"TOKEN\" } }) end },"
    let bench = try Bench(
      Bench.text(body: body), files: ["app/start.sh": "#!/bin/sh\r\ntrue\n"], secrets: BenchSecrets(lacks: ["TOKEN"]))
    let text = await refusal { _ = try await bench.plan() }
    expectText(
      text,
      """
      TOKEN: nobody has the secret TOKEN
      start.sh: the script has Windows line ends (CRLF): the host looks for an interpreter with a carriage return in its name: not found
        → convert it: sed -i 's/\\r$//' start.sh; git's setting: *.sh text eol=lf in .gitattributes

      2 problems; nothing was started.

      """)
  }

  @Test("a rollback takes hosts back to the release before, and says so if there is none")
  func rollback() async throws {
    let bench = try await changed(Bench.text(body: hook))
    let old = bench.transport.hosts.map(\.current)
    try await bench.deploy()
    #expect(bench.transport.hosts.map(\.current) != old)
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    let plan = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false)
    #expect(try await bench.end(bench.desk.deploy(plan)).deployments.map(\.conclusion?.status) == [.succeeded])
    #expect(bench.transport.hosts.map(\.current) == old)
  }
}
