import DeployModel
import Foundation
import Testing

@testable import DeployHosts

@Suite("The keeper of a channel's jobs, whatever the host's shell", .serialized)
struct KeeperTests {
  /// Returns a pattern that matches the nonce of the keeper that started a job, but does not match the pattern itself.
  private func keeper(of job: Int, on ground: Ground) throws -> String {
    let meta = Ground.text("\(ground.path)/.lander/jobs/d1/\(job)/meta")
    let word = try #require(meta?.split(separator: "\n").last?.split(separator: " ").first)
    return "[\(word.prefix(1))]\(word.dropFirst())"
  }

  @Test("jobs that end at once leave no process behind, neither while the channel is there nor after it", arguments: Shell.here)
  func clean(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    for id in 1...15 { #expect(await ground.run(id, "true").failure == nil) }
    // Processes are found by the nonce of the keeper. One keeper and one watch with its sleep may be left, but no process of the jobs.
    let word = try keeper(of: 1, on: ground)
    let processes = { Ground.sh("grep -la '\(word)' /proc/[0-9]*/cmdline 2>/dev/null").split(separator: "\n").count }
    try await until("of the jobs nothing is left") { processes() <= 2 }
    await ground.hosts.close()
    try await until("no keeper and no watch is left") { processes() == 0 }
    await ground.end()
  }

  @Test("a job that outlives its channel ends in time, and nothing stays behind it", arguments: Shell.here)
  func orphaned(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let engine = ground.another()
    let heard = Heard()
    let running = Task { await ground.run(1, "echo begun; sleep 600", timeout: .seconds(4), by: engine, heard: heard) }
    try await until("the job runs") { heard.stdout == "begun\n" }
    let word = try keeper(of: 1, on: ground)
    await engine.close()
    _ = await running.value
    try await until("its end is told") { Ground.text("\(ground.path)/.lander/jobs/d1/1/status")?.hasPrefix("- timeout ") == true }
    try await until("nothing is left") { Ground.sh("grep -la '\(word)' /proc/[0-9]*/cmdline 2>/dev/null").isEmpty }
    await ground.end()
  }

  @Test("a host rings at the end of a job, but not where stderr comes with the answers, and nothing is lost there", arguments: Shell.here)
  func bell(_ shell: Shell) async throws {
    for isJoined in shell == .ssh ? [false] : [false, true] {
      let ground = try Ground(shell, start: isJoined ? "exec 2>&1" : nil)
      let link = try ground.hosts.link(to: ground.host)
      _ = try await link.demand("l_ping", [])
      // Output on stderr may be read a moment after the answer.
      try await Task.sleep(for: .milliseconds(200))
      for id in 1...8 {
        let outcome = await ground.run(id, "head -c 300000 /dev/zero | tr '\\0' a; echo said >&2")
        #expect(outcome.failure == nil && outcome.stdout?.bytes == 300_000 && outcome.stderr?.text == "said\n", "\(outcome)")
      }
      #expect(await (link.bell == nil) == isJoined)
      await ground.end()
    }
  }

  @Test("a job whose channel broke rings where nobody hears it, and its end is found by looking", arguments: Shell.here)
  func unheard(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let link = try ground.hosts.link(to: ground.host)
    _ = try await link.demand("l_ping", [])
    try await Task.sleep(for: .milliseconds(200))
    let heard = Heard()
    let line = "echo begun; while [ ! -e '\(ground.folder)/go' ]; do sleep 0.05; done; echo ended"
    async let outcome = ground.run(1, line, heard: heard)
    try await until("the job runs") { heard.stdout == "begun\n" }
    #expect(await link.hearsAll)
    let first = try #require(await link.client)
    kill(-first, SIGKILL)
    try await until("there is another channel") { await link.client.map { $0 != first } ?? false }
    // A job of the new channel announces only its own end there.
    #expect(await ground.run(2, "true").failure == nil)
    #expect(await link.bell != nil)
    #expect(await !link.hearsAll)
    _ = Ground.sh("touch '\(ground.folder)/go'")
    #expect(await outcome.stdout?.text == "begun\nended\n")
    await ground.end()
  }

  @Test("a keeper that is killed costs the channel nothing but another one", arguments: Shell.here)
  func keeperless(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    #expect(await ground.run(1, "true").failure == nil)
    let word = try keeper(of: 1, on: ground)
    _ = Ground.sh("for p in $(grep -la '\(word)' /proc/[0-9]*/cmdline 2>/dev/null); do p=${p%/cmdline}; kill -9 ${p#/proc/}; done")
    try await until("it is gone") { Ground.sh("grep -la '\(word)' /proc/[0-9]*/cmdline 2>/dev/null").isEmpty }
    for id in 2...4 { #expect(await ground.run(id, "echo ran").stdout?.text == "ran\n") }
    await ground.end()
  }

  @Test("a job goes on without its keeper, and its end is told; the next job gets another keeper", arguments: Shell.here)
  func orphan(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let heard = Heard()
    async let outcome = ground.run(1, "echo begun; sleep 2; echo ended; exit 3", heard: heard)
    try await until("the job runs") { heard.stdout == "begun\n" }
    let keeper = try await leader(of: 1, on: ground)
    kill(keeper, SIGKILL)
    // An order that is sent while the keeper dies would be lost with it.
    try await until("the keeper is gone") { !Ground.isAlive(keeper) }
    #expect(await ground.run(2, "echo ran").stdout?.text == "ran\n")
    #expect(await outcome.stdout?.text == "begun\nended\n")
    #expect(await outcome.status == 3)
    await ground.end()
  }

  @Test("a job's time ends although its keeper was killed", arguments: Shell.here)
  func late(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let heard = Heard()
    async let outcome = ground.run(1, "echo begun; sleep 600", timeout: .seconds(3), heard: heard)
    try await until("the job runs") { heard.stdout == "begun\n" }
    kill(try await leader(of: 1, on: ground), SIGKILL)
    #expect(await outcome.failure?.kind == .timeout)
    await ground.end()
  }

  @Test("a job whose keeper is stopped can be cancelled, and is never run afterwards", arguments: Shell.here)
  func stopped(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    #expect(await ground.run(1, "true").failure == nil)
    let keeper = try await leader(of: 1, on: ground)
    kill(keeper, SIGSTOP)
    let running = Task { await ground.run(2, "touch '\(ground.folder)/ran'") }
    try await until("the job is claimed") { Ground.isThere("\(ground.path)/.lander/jobs/d1/2/meta") }
    await ground.hosts.cancel(2, at: ground.site())
    #expect(await running.value.failure?.kind == .cancelled)
    kill(keeper, SIGCONT)
    #expect(await ground.run(3, "echo ran").stdout?.text == "ran\n")
    #expect(!Ground.isThere("\(ground.folder)/ran"))
    await ground.end()
  }

  @Test("what a shell says of a command that was killed is no output of the command", arguments: Shell.here)
  func silent(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let killed = await ground.run(1, "echo said; echo trouble >&2; kill -9 $$")
    #expect(killed.status == 137)
    #expect(killed.stdout?.text == "said\n" && killed.stderr?.text == "trouble\n")
    let merged = await ground.run(2, "echo said; kill -9 $$", merge: true)
    #expect(merged.stdout?.text == "said\n")
    let late = await ground.run(3, "echo trouble >&2; exec sleep 600", timeout: .seconds(1))
    #expect(late.failure?.kind == .timeout && late.stderr?.text == "trouble\n")
    await ground.end()
  }

  @Test("a process that has the number of a lost job's leader by now is left alone", arguments: Shell.here)
  func reused(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    #expect(await ground.run(1, "true").failure == nil)
    let innocent = Int32(Ground.sh("setsid sleep 60 >/dev/null 2>&1 & echo $!").trimmed) ?? 0
    let job = "\(ground.path)/.lander/jobs/d1/1"
    let boot = (Ground.text("/proc/sys/kernel/random/boot_id") ?? "").trimmed
    for file in ["session", "tree"] {
      _ = Ground.sh("rm -f '\(job)/status' '\(job)/ended' '\(job)/why'; echo '\(innocent) 1 \(boot)' >'\(job)/\(file)'")
      let answer = try await ground.hosts.link(to: ground.host).call("l_stop", [ground.path, "d1", "1", "cancelled", "1", ""])
      #expect(answer.status == 0)
      try await until("the job is ended") { Ground.text("\(job)/status")?.hasPrefix("- cancelled") == true }
      #expect(innocent > 0 && Ground.isAlive(innocent))
      _ = Ground.sh("rm -f '\(job)/\(file)'")
    }
    kill(innocent, SIGKILL)
    await ground.end()
  }

  /// Returns the keeper that started a job: of the processes with its nonce, the leader of a session.
  private func leader(of job: Int, on ground: Ground) async throws -> Int32 {
    let word = try keeper(of: job, on: ground)
    let line =
      "for p in $(grep -la '\(word)' /proc/[0-9]*/cmdline 2>/dev/null); do p=${p%/cmdline}; p=${p#/proc/}; set -- $(cat /proc/$p/stat); "
      + "[ \"$6\" != \"$p\" ] || echo $p; done"
    return try #require(Int32(Ground.sh(line).trimmed))
  }
}
