import DeployModel
import DeploySimulation
import Synchronization
import Testing

@testable import DeployDesk

/// What the examination of a setup finds, and commands on every host of a group.
struct ExaminationTests {
  /// A machine with a correct setup.
  private var good: Surroundings {
    var around = Surroundings()
    (around.shipped, around.ssh, around.git, around.openFiles) = ("/usr/share/lander", "/usr/bin/ssh", "/usr/bin/git", 4096)
    (around.hasAgent, around.hasKnownHosts) = (true, true)
    return around
  }

  @Test("a machine on which nothing is wrong has only good findings, and the state folder is not there yet")
  func fine() async throws {
    let bench = try Bench(Bench.text())
    var examination = Examination(good)
    examination.look(at: .success(bench.project))
    await examination.look(atState: { bench.desk.past })
    #expect(examination.findings.allSatisfy { $0.grade == .good })
    #expect(examination.findings.map(\.about) == ["lander", "recipes", "ssh", "deploy.lua", "state"])
  }

  @Test("what is missing on the machine is bad, and each finding says what to do")
  func missing() {
    var around = good
    (around.shipped, around.ssh, around.openFiles) = (nil, nil, 256)
    let examination = Examination(around)
    #expect(examination.count(.bad) == 2 && examination.count(.warn) == 1)
    #expect(examination.findings.filter { $0.grade != .good }.allSatisfy { $0.fix != nil })
  }

  @Test("a deploy.lua that does not load is bad with each of its problems, and a git revision needs git")
  func project() throws {
    var examination = Examination(good)
    examination.look(at: Result { LoadedProject(folder: "/bench", project: try Bench.load("group \"a\" { hots = {} }\n")) })
    #expect(examination.findings.filter { $0.grade == .bad }.map(\.about) == ["deploy.lua", "deploy.lua"])
    var around = good
    around.git = nil
    examination = Examination(around)
    let text = Bench.text().replacing("bundle { from = \"app\" }", with: "bundle { git = \"main\" }")
    examination.look(at: Result { LoadedProject(folder: "/bench", project: try Bench.load(text)) })
    #expect(examination.findings.last?.about == "git", "\(examination.findings)")
  }

  @Test("deployments that were interrupted are warned of with the commands that end them")
  func state() async throws {
    let bench = try Bench(Bench.text())
    let running = bench.desk.deploy(try await bench.plan().plan)
    await running.detach()
    let id = try #require(try await bench.end(running).deployments.first).plan.id
    var around = good
    (around.hasState, around.isWritable, around.isCommitted) = (true, true, true)
    var examination = Examination(around)
    await examination.look(atState: { bench.desk.past })
    let warned = examination.findings.filter { $0.grade == .warn }
    #expect(warned.map(\.fix) == ["lander resume \(id), or lander cancel \(id)", "echo .lander/ >> .gitignore"])
  }

  @Test("a command runs on every host of a group once, and hosts that have not begun do not begin after an interruption")
  func execution() async throws {
    let bench = try Bench(Bench.text(hosts: 3))
    let selection = try bench.project.project.selection(ofGroup: "test", only: [])
    let told = Mutex<[String]>([])
    let all = await Execution(["uptime"], on: selection, limit: .minutes(1), at: bench.desk)
      .run(parallel: 2, isEnding: { false }, finished: { host, _ in told.withLock { $0.append(host) } })
    #expect(all.map(\.host).sorted() == ["h1", "h2", "h3"])
    #expect(told.withLock { $0.sorted() } == ["h1", "h2", "h3"])
    let none = await Execution(["uptime"], on: selection, limit: .minutes(1), at: bench.desk)
      .run(parallel: 2, isEnding: { true }, finished: { _, _ in })
    #expect(none.isEmpty)
    let text = await refusal { _ = try bench.project.project.selection(ofGroup: "tset", only: []) }
    expectText(text, "there is no group \"tset\"\n  → did you mean \"test\"?\n")
  }

  @Test("a command runs as another user where that one is, and a host without that user says so")
  func otherUser() async throws {
    let hosts = ["deploy", "postgres"].enumerated().map { number, user in
      var host = Bench.host("h\(number + 1)")
      host.users = [user]
      return host
    }
    let bench = try Bench(Bench.text(), hosts: hosts)
    let selection = try bench.project.project.selection(ofGroup: "test", only: [])
    let results = await Execution(["psql", "-l"], on: selection, limit: .minutes(1), as: "postgres", at: bench.desk)
      .run(parallel: 2, isEnding: { false }, finished: { _, _ in })
    #expect(results.first { $0.host == "h1" }?.outcome.failure?.message == "there is no user postgres on this host")
    #expect(results.first { $0.host == "h2" }?.outcome.failure == nil)
  }
}
