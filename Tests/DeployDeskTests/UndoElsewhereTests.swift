import DeployCore
import DeployModel
import DeploySimulation
import Testing

@testable import DeployDesk

/// Tests rollbacks that lose the host on which a stage would be undone, after they were planned and before the undo begins.
@Suite("An undo whose host is lost")
struct UndoElsewhereTests {
  private static func text(_ ground: String = "on = \"host\",", args: String = "host") -> String {
    Bench.text(
      hosts: 3,
      body: """
        stages = { stage.upload, stage "migrate" { once = "revision", \(ground) run = function(\(args)) host:run "migrate" end,
          undo = function(\(args), deployment)
            host:run("migrate back in " .. host.release_path)
            host:run("first is " .. deployment.targets:first().name .. " of " .. #deployment.targets)
          end }, stage.rollout },
        """)
  }

  /// Returns a bench whose hosts run version 2, and on which these hosts record no marks from now on.
  private static func bench(_ text: String = text(), lost: [Int], kind: Failure.Kind = .unreachable) async throws -> Bench {
    let first = try Bench(text)
    try await first.deploy()
    let second = try Bench(text, files: ["app/version": "2\n"], hosts: first.transport.hosts, after: first)
    try await second.deploy()
    var faults = Faults()
    faults.appointments = lost.map { .refusing(host: $0, verb: "mark", kind) }
    return try Bench(text, files: ["app/version": "2\n"], hosts: second.transport.hosts, after: second, faults: faults)
  }

  private static func back(_ bench: Bench) async throws -> (Conclusion, remarks: String) {
    let selection = try bench.project.project.selection(recipe: nil, group: nil)
    let plan = try await bench.desk.planRollback(of: selection, in: bench.project, straighten: false)
    let end = try #require(try await bench.end(bench.desk.deploy(plan)).deployments.first?.conclusion)
    let remarks = await bench.journal.entries(of: plan.id).entries.compactMap { entry in
      if case .noted(.remark(let text)) = entry.fact { text } else { nil }
    }
    return (end, remarks.joined(separator: "\n"))
  }

  /// Returns the commands of undos that a host ran.
  private static func lines(_ host: String, _ bench: Bench) throws -> [String] {
    try bench.host(host).jobs.compactMap { job in
      if case .run(let command) = job.intent.operation, command.line != "migrate" { command.line } else { nil }
    }
  }

  @Test("another host that ran the release undoes the stage, once, and its function gets that host", arguments: [[0], [0, 1]])
  func another(lost: [Int]) async throws {
    let bench = try await Self.bench(lost: lost)
    let release = try #require(try bench.host("h1").current)
    let (end, remarks) = try await Self.back(bench)
    #expect(end.status == .succeeded && end.notUndone == nil, "\(end)")
    let name = "h\(lost.count + 1)"
    #expect(remarks.contains("stage \"migrate\" is undone on \(name), not on h1: "), "\(remarks)")
    let expected = ["migrate back in /hosts/\(name)/srv/app/releases/\(release)", "first is \(name) of 3"]
    for host in ["h1", "h2", "h3"] { #expect(try Self.lines(host, bench) == (host == name ? expected : [])) }
    let marks = try bench.host(name).marks.filter { $0.state == .undone }
    #expect(marks.map(\.stage) == ["migrate"])
  }

  @Test("a host that cannot record the undo for another reason is replaced too")
  func full() async throws {
    let bench = try await Self.bench(lost: [0], kind: .noSpace)
    #expect(try await Self.back(bench).0.status == .succeeded)
    #expect(try Self.lines("h2", bench).count == 2)
  }

  @Test("if no other host can, the message names the host, the stage, the folder and the next command, and nothing is undone")
  func none() async throws {
    let bench = try await Self.bench(lost: [0, 1, 2])
    let release = try #require(try bench.host("h1").current)
    let (end, _) = try await Self.back(bench)
    let failure = try #require(end.error?.failure)
    #expect(end.status == .failed && end.notUndone == ["migrate"] && end.error?.host == "h1")
    #expect(failure.message.hasPrefix("stage \"migrate\" is not undone: it would be undone on h1 (mark was refused)"), "\(failure)")
    let fix = try #require(failure.fix)
    #expect(fix.contains("when h1 is back, undo it there by hand in /hosts/h1/srv/app/releases/\(release)"), "\(fix)")
    #expect(fix.contains("lander deploy app --group test --revision bundle:") && fix.hasSuffix(" --again migrate"), "\(fix)")
    for host in ["h1", "h2", "h3"] { #expect(try Self.lines(host, bench).isEmpty) }
  }

  @Test("an undo that has begun on a host which is lost then does not begin on another one")
  func begun() async throws {
    let text = Self.text()
    let bench = try await Self.bench(text, lost: [])
    var faults = Faults()
    faults.appointments = [.refusing(host: 0, verb: "run", .lost)]
    let last = try Bench(text, files: ["app/version": "2\n"], hosts: bench.transport.hosts, after: bench, faults: faults)
    let (end, remarks) = try await Self.back(last)
    #expect(end.status == .failed && end.notUndone == ["migrate"] && !remarks.contains("is undone on"), "\(end)")
    #expect(try Self.lines("h2", last).isEmpty)
  }
}
