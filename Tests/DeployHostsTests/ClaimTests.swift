import DeployGround
import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

@Suite("Jobs that were claimed and never started, whatever the host's shell", .serialized)
struct ClaimTests {
  /// Makes the files of a claim as if its shell had been killed before it started the job. Returns the folder of the job.
  private func claim(_ deployment: Deployment.ID, _ job: Int, fence: Int, on ground: Ground, line: String) throws -> String {
    let folder = "\(ground.path)/.lander/jobs/\(deployment)/\(job)"
    _ = Ground.sh("mkdir -p '\(folder)'; mkfifo '\(folder)/o' '\(folder)/e'; : >'\(folder)/out'; : >'\(folder)/err'")
    let boot = try #require(Ground.text("/proc/sys/kernel/random/boot_id"))
    try Data("\(fence) \(WallClock.now.milliseconds) \(boot.trimmed) \n\(line)\n".utf8).write(to: URL(fileURLWithPath: folder + "/meta"))
    try Data(line.utf8).write(to: URL(fileURLWithPath: folder + "/in"))
    return folder
  }

  @Test("a job that was claimed and never started is lost after a few seconds, and is never run afterwards", arguments: Shell.here)
  func lost(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    #expect(await ground.run(1, "true").failure == nil)
    let line = "touch '\(ground.folder)/ran'"
    let folder = try claim("d1", 7, fence: 1, on: ground, line: line)
    let begin = ContinuousClock.now
    let outcome = await ground.run(7, line)
    #expect(outcome.failure?.kind == .lost)
    #expect(outcome.failure?.message == "`\(line)` did not run: it was claimed on the host, and no process was ever started for it")
    #expect(ContinuousClock.now - begin < .seconds(15))
    // A keeper that reads the order after the job was given up must not start it.
    try Data(HostProgram().whole).write(to: URL(fileURLWithPath: ground.folder + "/program"))
    let claimed = try #require(Ground.text(folder + "/meta")?.split(separator: "\n").first)
    let order = ["run", ground.path, "d1/7", "65536 0 ", "", String(claimed), "1", line].joined(separator: "\n")
    try Data((order + "\n").utf8).write(to: URL(fileURLWithPath: ground.folder + "/order"))
    _ = Ground.sh("LANDER_LOGIN= sh -c '. \(ground.folder)/program; l_serve word; wait' <'\(ground.folder)/order' 2>&1")
    #expect(!Ground.isThere("\(ground.folder)/ran"))
    #expect(await ground.run(7, line).failure?.kind == .lost)
    await ground.end()
  }

  @Test("a job that may run twice is run where it was claimed and never started", arguments: Shell.here)
  func again(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    #expect(await ground.run(1, "true").failure == nil)
    let line = "echo ran >>'\(ground.folder)/ledger'"
    _ = try claim("d1", 7, fence: 1, on: ground, line: line)
    #expect(await ground.run(7, line, onLost: .repeat).failure == nil)
    #expect(Ground.text("\(ground.folder)/ledger") == "ran\n")
    await ground.end()
  }

  /// The shells that look for `mkdir` in PATH. busybox has its own `mkdir`.
  private static let pathed = Shell.here.filter { $0 == .dash || $0 == .bash }

  /// Makes the tool create a folder named `file` beside `neighbour`, so that the host program cannot create its file of that name.
  private func inTheWay(of file: String, when tool: String, makes neighbour: String, on ground: Ground) throws {
    let (real, maker) = (try #require(Ground.which(tool)), try #require(Ground.which("mkdir")))
    _ = Ground.sh(
      """
      rm -f '\(ground.folder)/bin/\(tool)'
      cat >'\(ground.folder)/bin/\(tool)' <<'END'
      #!/bin/sh
      \(real) "$@" || exit $?
      for l; do
        case $l in */\(neighbour)) d=$l; [ -d "$d" ] || d=${l%/*}; \(maker) "$d/\(file)" ;; esac
      done
      exit 0
      END
      chmod 755 '\(ground.folder)/bin/\(tool)'
      """)
  }

  @Test(
    "a job whose files cannot be made is not claimed, and its refusal says what is wrong with the disk",
    arguments: pathed)
  func unmade(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    #expect(await ground.run(1, "true").failure == nil)
    try inTheWay(of: "out", when: "mkdir", makes: "7", on: ground)
    let outcome = await ground.run(7, "true")
    #expect(outcome.failure?.kind == .noSpace, "\(String(describing: outcome.failure))")
    #expect(outcome.failure?.message.contains("nothing more can be written to") == true)
    #expect(!Ground.isThere("\(ground.path)/.lander/jobs/d1/7"), "nothing was started, so nothing is claimed")
    _ = Ground.sh("rm '\(ground.folder)/bin/mkdir'")
    #expect(await ground.run(7, "echo ran").stdout?.text == "ran\n")
    await ground.end()
  }

  @Test("a runner that cannot note what is left over still tells that the time was over", arguments: pathed)
  func unnoted(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    #expect(await ground.run(1, "true").failure == nil)
    try inTheWay(of: "left", when: "mkdir", makes: "7", on: ground)
    let outcome = await ground.run(7, "sleep 60", timeout: .seconds(1))
    #expect(outcome.failure?.kind == .timeout, "\(String(describing: outcome.failure))")
    #expect(Ground.isThere("\(ground.path)/.lander/jobs/d1/7/left"), "the folder that was in the way is there")
    await ground.end()
  }

  @Test("no redirection of a host program ends its shell: the special builtin `:` is not used to make files")
  func redirections() throws {
    let program = HostProgram()
    for line in String(decoding: program.whole, as: UTF8.self).split(separator: "\n") {
      #expect(line.firstRange(of: /(^|[;&|{(]|then|do|else)\s*:\s*[0-9]*[<>]/) == nil, "\(line)")
    }
  }

  @Test("the next deployment does not wait for a job that was claimed and never started", arguments: Shell.here)
  func orphan(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    #expect(await ground.run(1, "true").failure == nil)
    _ = try claim("d0", 2, fence: 1, on: ground, line: "lander: stage")
    let begin = ContinuousClock.now
    #expect(await ground.perform(1, Ground.ask("b", fence: 2), site: ground.site("d2", fence: 2, token: "b")).failure == nil)
    #expect(ContinuousClock.now - begin < .seconds(15))
    await ground.end()
  }

  @Test("a wait for what an earlier deployment left running says for what, and a cancellation ends it at once", arguments: Shell.here)
  func cancelled(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    try await ground.leave(running: "sleep 120")
    let notices = Guarded<[String]>([])
    ground.hosts.listen { notice in
      if case .waiting(let host, for: let jobs, ending: false) = notice { notices.with { $0.append("\(host): \(jobs)") } }
    }
    let site = ground.site("d2", fence: 2, token: "b")
    let waiting = Task { await ground.perform(1, Ground.ask("b", fence: 2), site: site) }
    try await until("the wait is named") { notices.with { !$0.isEmpty } }
    #expect(notices.with { $0.first ?? "" }.hasPrefix("h1: `echo begun; sleep 120` of deployment d1, started "))
    let asked = ContinuousClock.now
    await ground.hosts.cancel(1, at: site)
    #expect(await waiting.value.failure?.kind == .cancelled)
    #expect(ContinuousClock.now - asked < .seconds(20))
    #expect(!Ground.isThere("\(ground.path)/.lander/lock"))
    #expect(
      await ground.perform(1, Ground.ask("c", fence: 3, orphans: .kill), site: ground.site("d3", fence: 3, token: "c")).failure == nil)
    await ground.end()
  }
}
