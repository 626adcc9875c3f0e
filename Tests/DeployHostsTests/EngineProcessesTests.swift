import DeployCore
import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

@Suite("Commands on the engine's machine")
struct EngineProcessesTests {
  private func perform(
    _ operation: DeployModel.Operation, timeout: Interval = .seconds(30), in folder: String = "/", secrets: [String: String] = [:],
    heard: Heard = Heard(), limit: Int = 64 << 20
  ) async -> Outcome {
    let machine = EngineProcesses(directory: folder, vault: Vault(FixedSecrets(values: secrets)), grace: .seconds(1), limit: limit)
    let outcome = await machine.perform(Intent(id: 1, place: .engine, operation: operation, timeout: timeout, site: .init()), of: "d1") {
      heard.take($0)
    }
    await machine.close()
    return outcome
  }

  @Test("a command gets its folder, environment and input, and its streams and status come back")
  func runs() async throws {
    let folder = Ground.makeFolder()
    defer { _ = Ground.sh("rm -rf '\(folder)'") }
    let command = Command(
      .shell("pwd; echo $A $LANDER_DEPLOYMENT; cat /dev/stdin; echo err >/dev/stderr; exit 4"), environment: [.init("A", "b c")],
      input: "in\n")
    let heard = Heard()
    let outcome = await perform(.run(command), in: folder, heard: heard)
    #expect(outcome.stdout?.text == "\(folder)\nb c d1\nin\n")
    #expect(outcome.stderr?.text == "err\n")
    #expect(outcome.status == 4)
    #expect(outcome.failure?.kind == .command)
    #expect(heard.stdout == outcome.stdout?.text)
    #expect(await perform(.run(Command(.argv(["printf", "%s|", "a b", "$HOME"])))).stdout?.text == "a b|$HOME|")
  }

  @Test("a command of the engine's machine that names a user is refused, and the fix names that option")
  func user() async throws {
    let outcome = await perform(.run(Command(.shell("true"), user: "app")))
    #expect(outcome.failure?.kind == .invalid && outcome.failure?.message.contains("runs as app") == true)
    #expect(outcome.failure?.fix == "leave out `user`, or call sudo in the command")
  }

  @Test("after a timeout the whole group is gone, and what it wrote is kept")
  func timeout() async throws {
    let outcome = await perform(.run(Command(.shell("trap '' TERM; echo $$; sleep 100 & sleep 100; sleep 100"))), timeout: .seconds(1))
    #expect(outcome.failure?.kind == .timeout)
    let pid = try #require(Int32((outcome.stdout?.text ?? "").trimmed))
    try await until("the group is gone") { kill(-pid, 0) != 0 || !Ground.isAlive(pid) }
  }

  @Test("what left the process group of a command is ended with it: when its time is over, and when the engine is gone")
  func escaped() async throws {
    let folder = Ground.makeFolder()
    defer { _ = Ground.sh("rm -rf '\(folder)'") }
    let line = "setsid sh -c 'trap \"\" TERM; echo $$ >pid; sleep 600' & setsid true; while [ ! -s pid ]; do sleep 0.1; done; sleep 600"
    func escapee() throws -> Int32 { try #require(Int32(Ground.sh("cat '\(folder)/pid'").trimmed)) }
    let late = await perform(.run(Command(.shell(line))), timeout: .seconds(3), in: folder)
    #expect(late.failure?.kind == .timeout)
    let first = try escapee()
    try await until("it is gone") { !Ground.isAlive(first) }
    _ = Ground.sh("rm '\(folder)/pid'")
    let machine = EngineProcesses(directory: folder, vault: Vault(FixedSecrets(values: [:])), grace: .seconds(1))
    let intent = Intent(id: 2, place: .engine, operation: .run(Command(.shell(line))), timeout: .minutes(5), site: .init())
    let running = Task { await machine.perform(intent, of: "d1") { _ in } }
    try await until("it runs") { Ground.sh("cat '\(folder)/pid' 2>/dev/null") != "" }
    let second = try escapee()
    #expect(Ground.isAlive(second))
    // The warden's input ends, as it does when the engine is killed.
    await machine.close()
    try await until("it is gone") { !Ground.isAlive(second) }
    running.cancel()
  }

  @Test("a command with a short time that ignores TERM has that time once more, and no longer")
  func deaf() async throws {
    let machine = EngineProcesses(directory: "/", vault: Vault(FixedSecrets(values: [:])))
    let line = Command(.shell("trap '' TERM; sleep 60; :"))
    let intent = Intent(id: 1, place: .engine, operation: .run(line), timeout: .seconds(1), site: .init())
    let began = ContinuousClock.now
    let outcome = await machine.perform(intent, of: "d1") { _ in }
    #expect(outcome.failure?.kind == .timeout)
    // Before, the time between TERM and KILL was always ten seconds.
    #expect(ContinuousClock.now - began < .seconds(11), "\(ContinuousClock.now - began)")
    await machine.close()
  }

  @Test("a cancelled command ends soon")
  func cancelled() async throws {
    let machine = EngineProcesses(directory: "/", vault: Vault(FixedSecrets(values: [:])), grace: .seconds(1))
    let heard = Heard()
    let intent = Intent(id: 1, place: .engine, operation: .run(Command(.shell("echo on; sleep 100"))), timeout: .minutes(2), site: .init())
    let running = Task { await machine.perform(intent, of: "d1") { heard.take($0) } }
    try await until("it runs") { heard.stdout == "on\n" }
    await machine.cancel(1, of: "d1")
    #expect(await running.value.failure?.kind == .cancelled)
    await machine.close()
  }

  @Test("what an engine before left running is ended; what it has begun is lost unless it may be repeated; the rest runs")
  func resumed() async throws {
    let folder = Ground.makeFolder()
    defer { _ = Ground.sh("rm -rf '\(folder)'") }
    func machine() -> EngineProcesses {
      EngineProcesses(directory: folder, vault: Vault(FixedSecrets(values: [:])), claims: "\(folder)/here", grace: .seconds(1))
    }
    func perform(
      _ id: Int, _ line: String, by machine: EngineProcesses, of deployment: Deployment.ID = "d1", onLost: Command.OnLost = .fail
    ) async -> Outcome {
      let operation = DeployModel.Operation.run(Command(.shell(line), onLost: onLost))
      let intent = Intent(id: id, place: .engine, operation: operation, timeout: .minutes(1), site: .init())
      return await machine.perform(intent, of: deployment) { _ in }
    }
    let first = machine()
    try await first.attend("d1", after: nil)
    #expect(await perform(1, "echo 1 >>marks", by: first).failure == nil)
    let running = Task { await perform(2, "trap '' TERM; echo 2 >>marks; sleep 60; echo late >>marks", by: first) }
    try await until("it runs") { Ground.sh("cat '\(folder)/marks'") == "1\n2\n" }
    let second = machine()
    try await second.attend("d1", after: EarlierEngines(count: 1, highestIntent: 2))
    #expect(await running.value.failure?.message.contains("was ended by signal 9") == true)
    for id in [1, 2] {
      let lost = await perform(id, "echo again >>marks", by: second)
      #expect(lost.failure?.kind == .lost && lost.failure?.fix?.contains("on_lost") == true, "\(lost)")
    }
    #expect(await perform(3, "echo 3 >>marks", by: second).failure == nil)
    #expect(await perform(2, "echo repeated >>marks", by: second, onLost: .repeat).failure == nil)
    #expect(Ground.sh("cat '\(folder)/marks'") == "1\n2\n3\nrepeated\n")
    let question = Intent(id: 1, place: .engine, operation: .read(path: "marks", limit: 100), timeout: .seconds(5), site: .init())
    #expect(await second.perform(question, of: "d1") { _ in }.failure == nil)
    // An engine of an older version recorded nothing, and an engine of another checkout recorded its commands there.
    try await second.attend("d2", after: EarlierEngines(count: 1, highestIntent: 1))
    #expect(await perform(1, "echo again >>marks", by: second, of: "d2").failure?.kind == .lost)
    #expect(await perform(2, "echo first >>marks", by: second, of: "d2").failure == nil)
    // The next engine of this checkout has the record that the other checkout lacked.
    let third = machine()
    try await third.attend("d2", after: EarlierEngines(count: 2, highestIntent: 3))
    #expect(await perform(1, "echo again >>marks", by: third, of: "d2").failure?.kind == .lost)
    #expect(await perform(2, "echo again >>marks", by: third, of: "d2").failure?.kind == .lost)
    #expect(await perform(3, "echo third >>marks", by: third, of: "d2").failure == nil)
    // Engines of other checkouts ran in between. The intents that they wrote to the journal may have begun there.
    try await second.attend("d1", after: EarlierEngines(count: 3, highestIntent: 5))
    #expect(await perform(5, "echo again >>marks", by: second).failure?.kind == .lost)
    #expect(await perform(6, "echo sixth >>marks", by: second).failure == nil)
    #expect(Ground.sh("tail -n 3 '\(folder)/marks'") == "first\nthird\nsixth\n")
    await third.close()
    await second.forget("d1")
    #expect(Ground.sh("ls '\(folder)/here'") == "d2\n")
    await first.close()
    await second.close()
  }

  @Test("a daemon it leaves behind does not hold it, and output is capped with a mark")
  func held() async throws {
    let outcome = await perform(.run(Command(.shell("sleep 5 & echo done"))))
    #expect(outcome.failure == nil && outcome.stdout?.text == "done\n")
    let capped = await perform(.run(Command(.shell("head -c 50000 /dev/zero | tr '\\0' x"))), limit: 1000)
    #expect(
      capped.stdout?.text == String(repeating: "x", count: 1000) + "\n[lander: output ends here; what came after 1000 bytes was not kept]\n"
    )
  }

  @Test("secrets are put in place for the command and taken out of what it says; one that is missing or short is refused")
  func secrets() async throws {
    let command = Command(
      .shell("echo $TOKEN; printf %s \"$TOKEN\" | base64; printf 'hunter'; sleep 0.2; printf '2-and-more\\n' >&1"),
      environment: [.init("TOKEN", Text(pieces: [.secret(name: "T")]))])
    let heard = Heard()
    let outcome = await perform(.run(command), secrets: ["T": "hunter2-and-more"], heard: heard)
    #expect(outcome.stdout?.text == "<secret T>\n<secret T>==\n<secret T>\n")
    #expect(heard.stdout == outcome.stdout?.text)
    #expect(heard.isWhole)
    #expect(await perform(.run(command)).failure?.kind == .missing)
    #expect(await perform(.run(command), secrets: ["T": "short"]).failure?.kind == .invalid)
  }

  @Test("files are read up to the limit, checks are asked, and what belongs on a host is refused")
  func others() async throws {
    let folder = Ground.makeFolder()
    defer { _ = Ground.sh("rm -rf '\(folder)'") }
    _ = Ground.sh("printf hello >'\(folder)/f'")
    #expect(await perform(.read(path: "f", limit: 5), in: folder).value == .text("hello"))
    #expect(await perform(.read(path: "f", limit: 4), in: folder).failure?.kind == .invalid)
    #expect(await perform(.read(path: "g", limit: 4), in: folder).failure?.kind == .missing)
    #expect(await perform(.exists(path: "f"), in: folder).value == .bool(true))
    #expect(await perform(.check(.port(1))).failure?.kind == .unhealthy)
    #expect(await perform(.check(.command("true"))).value == .bool(true))
    #expect(await perform(.activate("r1")).failure?.kind == .invalid)
    #expect(await perform(.run(Command(.argv(["no-such-program-here"])))).status == 127)
  }
}
