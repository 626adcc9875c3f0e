import DeployCore
import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

@Suite("Jobs, whatever the host's shell", .serialized)
struct JobTests {
  @Test("a command runs once in the release, with its environment, and both streams and the status come back", arguments: Shell.here)
  func runs(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    _ = Ground.sh("mkdir -p '\(ground.path)/releases/r1'")
    let heard = Heard()
    let command = Command(
      .shell("pwd; echo \"$LANDER_HOST $LANDER_RELEASE $GREETING\"; umask; cat; echo oops >&2; exit 3"),
      environment: [.init("GREETING", "it's \"so\"\nin two lines")], input: "given\n")
    let outcome = await ground.hosts.perform(ground.intent(1, .run(command), release: "r1"), at: ground.site()) { heard.take($0) }
    #expect(outcome.stdout?.text == "\(ground.path)/releases/r1\nh1 r1 it's \"so\"\nin two lines\n0022\ngiven\n")
    #expect(outcome.stderr?.text == "oops\n")
    #expect(outcome.status == 3)
    #expect(outcome.failure?.kind == .command)
    #expect(heard.stdout == outcome.stdout?.text)
    let again = await ground.hosts.perform(ground.intent(1, .run(command), release: "r1"), at: ground.site()) { _ in }
    #expect(again.stdout == outcome.stdout)
    await ground.end()
  }

  @Test("an argv is started as it is, odd characters and all", arguments: Shell.here)
  func argv(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let words = ["printf", "%s|", "a b", "it's", "$HOME", "new\nline", "", "*", "\\n"]
    let outcome = await ground.perform(1, .run(Command(.argv(words))))
    #expect(outcome.stdout?.text == "a b|it's|$HOME|new\nline||*|\\n|")
    await ground.end()
  }

  @Test("of twenty that start one job at once one starts it, and all see its whole output", arguments: Shell.here)
  func race(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let engines = (0..<20).map { _ in ground.another() }
    let outcomes = await withTaskGroup(of: Outcome.self) { group in
      for engine in engines {
        group.addTask { await ground.run(7, "echo ran >>'\(ground.folder)/ledger'; sleep 0.3; echo done", by: engine) }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(Ground.text("\(ground.folder)/ledger") == "ran\n")
    let wrong = outcomes.filter { $0.stdout?.text != "done\n" || $0.failure != nil }
    #expect(wrong.map { "\($0.stdout?.text ?? "nothing") \(String(describing: $0.failure))" } == [])
    for engine in engines { await engine.close() }
    await ground.end()
  }

  @Test("a channel that is killed in the middle is made again, and no byte is lost or doubled", arguments: Shell.here)
  func killed(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let heard = Heard()
    // The job runs until its channel has been killed three times, even on a slow machine.
    let line = """
      i=0; while [ $i -lt 40 ] || [ ! -e '\(ground.folder)/enough' ]; do echo out$i; echo err$i >&2; i=$((i+1)); sleep 0.05; done
      echo $i >'\(ground.folder)/count'; exit 7
      """
    async let outcome = ground.run(1, line, timeout: .minutes(2), heard: heard)
    for _ in 0..<3 {
      let before = heard.bytes(.stdout).count
      try await until("more output") { heard.bytes(.stdout).count > before }
      if let client = await ground.hosts.client(of: ground.host) { kill(client, SIGKILL) }
    }
    _ = Ground.sh("touch '\(ground.folder)/enough'")
    let result = await outcome
    #expect(result.status == 7)
    let count = try #require(Ground.text("\(ground.folder)/count").flatMap { Int($0.trimmed) })
    #expect(count >= 40)
    #expect(heard.stdout == (0..<count).map { "out\($0)\n" }.joined())
    #expect(String(decoding: heard.bytes(.stderr), as: UTF8.self) == (0..<count).map { "err\($0)\n" }.joined())
    #expect(heard.isWhole)
    await ground.end()
  }

  @Test("an engine that died is followed by one that attaches from the beginning", arguments: Shell.here)
  func attached(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let first = ground.another()
    let heard = Heard()
    let line = "echo begun; echo x >>'\(ground.folder)/ledger'; while [ ! -e '\(ground.folder)/go' ]; do sleep 0.05; done; echo ended"
    let lost = Task { await ground.run(1, line, by: first, heard: heard) }
    try await until("the job runs") { heard.stdout == "begun\n" }
    await first.close()
    #expect(await lost.value.failure != nil)
    let later = Heard()
    async let outcome = ground.run(1, line, heard: later)
    try await until("the second engine hears it") { later.stdout == "begun\n" }
    _ = Ground.sh("touch '\(ground.folder)/go'")
    #expect(await outcome.failure == nil)
    #expect(later.stdout == "begun\nended\n")
    #expect(Ground.text("\(ground.folder)/ledger") == "x\n")
    await ground.end()
  }

  @Test("twenty megabytes and bytes that are no text come through unchanged", arguments: Shell.here)
  func large(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    _ = Ground.sh("head -c 20000000 /dev/urandom >'\(ground.folder)/data'")
    let heard = Heard()
    let outcome = await ground.run(1, "cat '\(ground.folder)/data'", timeout: .minutes(2), heard: heard)
    let wanted = Ground.sh("sha256sum <'\(ground.folder)/data'").prefix(64)
    #expect(Hex.digest(heard.bytes(.stdout)) == wanted)
    #expect(outcome.stdout?.digest?.hex == String(wanted))
    #expect(outcome.stdout?.bytes == 20_000_000)
    #expect(outcome.stdout?.truncated == true)
    #expect((outcome.stdout?.text.utf8.count ?? .max) <= Captured.limit)
    #expect(heard.isWhole)
    await ground.end()
  }

  @Test(
    "what holds a command's output is told; where its end is awaited, when the time is over, and it is left alone", arguments: Shell.here)
  func held(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let line = "sleep 30 & echo $! >'\(ground.folder)/child'; echo said"
    let clock = ContinuousClock()
    let start = clock.now
    let late = await ground.part(1, .script, Command(.shell(line + "; exec 2>&-")), timeout: .seconds(3))
    #expect(late.outcome.failure == nil && late.outcome.status == 0 && late.heldOpen == .stdout, "\(late)")
    #expect(late.outcome.stdout?.text == "said\n")
    #expect(clock.now - start > .seconds(2.5))
    #expect(Ground.sh("kill -0 $(cat '\(ground.folder)/child') && echo lives").contains("lives"))
    _ = Ground.sh("kill $(cat '\(ground.folder)/child')")
    let soon = await ground.part(2, .script, Command(.shell("sleep 2 & echo said")), timeout: .seconds(30))
    #expect(soon.outcome.failure == nil && soon.heldOpen == nil)
    let plain = await ground.part(3, .effect, Command(.shell(line)))
    #expect(plain.outcome.failure == nil && plain.heldOpen != nil)
    _ = Ground.sh("kill $(cat '\(ground.folder)/child')")
    await ground.end()
  }

  @Test("output that a busy host reads late arrives whole, and nothing is said to hold it", arguments: Shell.here)
  func late(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let line = """
      read -r runner rest <"${LANDER_JOB}pid" && t=$(pgrep -P $runner tee) && kill -STOP $t || exit 9
      env -i setsid sh -c 'sleep 2; kill -CONT "$@"' sh $t >/dev/null 2>&1 </dev/null &
      echo said
      """
    let end = await ground.part(1, .effect, Command(.shell(line)))
    #expect(end.outcome.status == 0 && end.outcome.stdout?.text == "said\n" && end.heldOpen == nil, "\(end)")
    await ground.end()
  }

  @Test("a few bytes come through unchanged too, whatever they are", arguments: Shell.here)
  func few(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let outputs: [[UInt8]] = [
      Array("plain\nno end".utf8), Array("a\0b\n".utf8), Array("\ttab\r\n".utf8), Array("ü\n".utf8), [1, 127, 10], [255, 254],
      [10, 10, 10], Array("  lead \\n \n".utf8), Array("-n [^]$*'\"\n".utf8), Array(repeating: 120, count: 800),
      Array(repeating: 120, count: 801),
    ]
    for (index, bytes) in outputs.enumerated() {
      let heard = Heard()
      let octal = bytes.map { "\\0" + String($0, radix: 8) }.joined()
      let outcome = await ground.run(index + 1, "printf '%b' '\(octal)'; printf '%b' '\(octal)' >&2", heard: heard)
      #expect(outcome.failure == nil && heard.bytes(.stdout) == bytes && heard.bytes(.stderr) == bytes, "\(bytes.prefix(20))")
    }
    await ground.end()
  }

  @Test("output over the cap is cut with a mark, and the command goes on", arguments: Shell.here)
  func capped(_ shell: Shell) async throws {
    let ground = try Ground(shell) { $0.outputLimit = 102_400 }
    let outcome = await ground.run(
      1, "i=0; while [ $i -lt 3000 ]; do echo 'a line of output that is quite long, as they go'; i=$((i+1)); done; echo end >&2")
    #expect(outcome.failure == nil)
    #expect(outcome.stderr?.text == "end\n")
    #expect(outcome.stdout?.text.contains("[lander: output ends here; what came after 102400 bytes was not kept]") == true)
    await ground.end()
  }

  @Test("streams are kept apart, cut and told of as well where a shell's here-documents are files, as in older versions of bash")
  func oldBash() async throws {
    guard Ground.which("bash") != nil else { return print("SKIPPED: bash is not installed here") }
    let ground = try Ground(.bash, variables: ["BASH_COMPAT=5.0"]) { $0.outputLimit = 102_400 }
    let files = Ground.sh("BASH_COMPAT=5.0 bash --posix -c 'exec 3<<.\n-\n.\n[ -p /proc/self/fd/3 ] || echo files'")
    #expect(files == "files\n", "the test says nothing about this version of bash")
    let outcome = await ground.run(1, "head -c 200000 /dev/zero; echo said >&2; exit 3")
    #expect(outcome.status == 3 && outcome.stdout?.text.contains("[lander: output ends here") == true)
    #expect(outcome.stderr?.text == "said\n")
    let held = await ground.part(2, .effect, Command(.shell("sleep 30 >/dev/null & echo $! >'\(ground.folder)/child'")))
    #expect(held.outcome.failure == nil && held.heldOpen == .stderr)
    _ = Ground.sh("kill $(cat '\(ground.folder)/child')")
    await ground.end()
  }

  @Test("merged streams keep their exact order", arguments: Shell.here)
  func merged(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let outcome = await ground.run(1, "for i in 1 2 3 4 5 6 7 8 9; do echo o$i; echo e$i >&2; done", merge: true)
    #expect(outcome.stdout?.text == (1...9).map { "o\($0)\ne\($0)\n" }.joined())
    #expect(outcome.stderr?.bytes == 0)
    await ground.end()
  }

  @Test("after a timeout a tree that ignores TERM, calls setsid and forks twice is gone", arguments: Shell.here)
  func timeout(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let pids = "\(ground.folder)/pids"
    let stubborn = "trap \"\" TERM; echo $$ >>\(pids); while :; do sleep 1; done"
    let line = """
      trap '' TERM; echo $$ >>'\(pids)'
      (setsid sh -c '\(stubborn)' &); (setsid sh -c '(\(stubborn)) & exit 0' &); while :; do sleep 1; done
      """
    let outcome = await ground.run(1, line, timeout: .seconds(2))
    #expect(outcome.failure?.kind == .timeout)
    #expect(outcome.failure?.message.hasSuffix("was not done within 2 s and had to be killed: it ignored TERM") == true)
    let started = (Ground.text(pids) ?? "").split(separator: "\n").compactMap { Int32($0) }
    #expect(started.count >= 3)
    #expect(started.allSatisfy { !Ground.isAlive($0) })
    #expect(Ground.sh("grep -lazF 'LANDER_JOB=\(ground.path)/.lander/jobs/d1/1/' /proc/[0-9]*/environ 2>/dev/null").isEmpty)
    await ground.end()
  }

  @Test("a cancelled job ends soon, and says that it was cancelled", arguments: Shell.here)
  func cancelled(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let heard = Heard()
    let running = Task { await ground.run(1, "echo begun; sleep 600; echo ended", heard: heard) }
    try await until("the job runs") { heard.stdout == "begun\n" }
    await ground.hosts.cancel(1, at: ground.site())
    let outcome = await running.value
    #expect(outcome.failure?.kind == .cancelled)
    #expect(outcome.stdout?.text == "begun\n")
    await ground.end()
  }

  @Test("a daemon that a command leaves behind lives on, and does not hold the command", arguments: Shell.here)
  func daemon(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let outcome = await ground.run(1, "sh -c 'echo $$ >\(ground.folder)/pid; exec sleep 60' & echo started")
    #expect(outcome.failure == nil)
    #expect(outcome.stdout?.text == "started\n")
    let pid = Int32((Ground.text("\(ground.folder)/pid") ?? "").trimmed) ?? 0
    #expect(pid > 0 && Ground.isAlive(pid))
    if pid > 0 { kill(pid, SIGKILL) }
    await ground.end()
  }

  @Test(
    "a job whose runner died is lost, what is left of it is ended, and it is run again only where the recipe says so", arguments: Shell.here
  )
  func lost(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let line = "echo $$ >'\(ground.folder)/me'; echo x >>'\(ground.folder)/ledger'; [ -e '\(ground.folder)/quick' ] || sleep 20"
    let running = Task { await ground.run(1, line) }
    let pidFile = "\(ground.path)/.lander/jobs/d1/1/pid"
    try await until("the job runs") { Ground.text("\(ground.folder)/ledger") == "x\n" && Ground.text(pidFile) != nil }
    let runner = try #require((Ground.text(pidFile) ?? "").split(separator: " ").first.flatMap { Int32($0) })
    kill(runner, SIGKILL)
    let outcome = await running.value
    #expect(outcome.failure?.kind == .lost)
    let command = try #require((Ground.text("\(ground.folder)/me") ?? "").split(separator: "\n").first.flatMap { Int32($0) })
    #expect(!Ground.isAlive(command), "it would act beside what comes after it")
    #expect(await ground.run(1, line).failure?.kind == .lost)
    #expect(Ground.text("\(ground.folder)/ledger") == "x\n")
    _ = Ground.sh("touch '\(ground.folder)/quick'")
    #expect(await ground.run(1, line, onLost: .repeat).failure == nil)
    #expect(Ground.text("\(ground.folder)/ledger") == "x\nx\n")
    await ground.end()
  }

  @Test("after a reboot without a status a job is lost", arguments: Shell.here)
  func rebooted(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    #expect(await ground.run(1, "echo once").failure == nil)
    // The files that a host finds after a reboot: a claim from another boot, and no status.
    let job = "\(ground.path)/.lander/jobs/d1/1"
    _ = Ground.sh("rm '\(job)/status' '\(job)/ended'; sed -i 's/ [^ ]*$/ 00000000-0000-0000-0000-000000000000/' '\(job)/pid'")
    let outcome = await ground.run(1, "echo once")
    #expect(outcome.failure?.kind == .lost)
    #expect(outcome.failure?.message.contains("rebooted") == true)
    await ground.end()
  }
}

extension Ground {
  /// Returns whether a process exists and is no zombie.
  static func isAlive(_ pid: Int32) -> Bool {
    guard let text = text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else { return false }
    return !text[end...].hasPrefix(") Z")
  }
}
