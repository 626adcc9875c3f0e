import DeployCore
import DeployModel
import Foundation
import PlanDrafts
import Testing

@testable import DeployHosts

@Suite("Questions: commands that change nothing", .serialized)
struct QuestionTests {
  private static func ask(
    _ ground: Ground, _ number: Int, _ line: String, input: String? = nil, timeout: Interval = .seconds(60), site: HostSite? = nil,
    by hosts: Hosts? = nil, heard: Heard = Heard()
  ) async -> Outcome {
    let command = Command(.shell(line), input: input.map { Text($0) })
    return await ground.part(number, .question, command, timeout: timeout, site: site, by: hosts, heard: heard).outcome
  }

  @Test("a question has its input, its streams and its status, and its first answer is its answer", arguments: Shell.here)
  func answers(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let line = "cat; echo said; echo oops >&2; echo asked >>'\(ground.folder)/ledger'; exit 3"
    let first = await Self.ask(ground, 1, line, input: "given\n")
    #expect(first.stdout?.text == "given\nsaid\n")
    #expect(first.stderr?.text == "oops\n")
    #expect(first.status == 3)
    let other = ground.another()
    let heard = Heard()
    let again = await Self.ask(ground, 1, line, input: "given\n", by: other, heard: heard)
    await other.close()
    #expect(again.stdout == first.stdout && again.status == 3 && heard.stdout == "given\nsaid\n")
    #expect(Ground.text("\(ground.folder)/ledger") == "asked\n")
    await ground.end()
  }

  @Test("what was a question is no job, and what was a job no question, under whatever number", arguments: Shell.here)
  func mixed(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let ledger = "\(ground.folder)/ledger"
    let job = Command(.shell("echo job >>'\(ledger)'"))
    #expect(await Self.ask(ground, 1, "echo said").failure == nil)
    #expect(await ground.part(1, .effect, job).outcome.failure?.message.contains("was a question and cannot be a job") == true)
    #expect(await ground.part(2, .effect, job).outcome.failure == nil)
    #expect(await Self.ask(ground, 2, "echo asked >>'\(ledger)'").failure?.message.contains("cannot be a question") == true)
    #expect(Ground.text(ledger) == "job\n")
    await ground.end()
  }

  @Test("an answer of some megabytes that takes its time arrives whole", arguments: Shell.here)
  func large(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let heard = Heard()
    let outcome = await Self.ask(ground, 1, "sleep 2; yes 0123456789 | head -c 3000000", heard: heard)
    #expect(outcome.failure == nil && outcome.stdout?.bytes == 3_000_000)
    #expect(heard.bytes(.stdout) == Array(String(repeating: "0123456789\n", count: 272_728).utf8.prefix(3_000_000)))
    await ground.end()
  }

  @Test("where the channel breaks while it is asked, the question is asked again", arguments: Shell.here)
  func broken(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    async let outcome = Self.ask(ground, 1, "touch '\(ground.folder)/begun'; sleep 1; echo said")
    try await until("the question is asked") { Ground.isThere("\(ground.folder)/begun") }
    if let client = await ground.hosts.client(of: ground.site().host) { kill(client, SIGKILL) }
    #expect(await outcome.stdout?.text == "said\n")
    await ground.end()
  }

  @Test("a question that takes too long is ended", arguments: Shell.here)
  func late(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    // Other shells run this test too, so each looks for its own number of seconds.
    let seconds = "61.\(Int.random(in: 100_000...999_999))"
    let outcome = await Self.ask(ground, 1, "sleep \(seconds)1", timeout: .seconds(1))
    #expect(outcome.failure?.kind == .timeout)
    try await until("it is gone") { Ground.sh("pgrep -f 'sleep \(seconds)[1]'") == "" }
    await ground.end()
  }

  @Test("after a reboot an answer is asked for anew", arguments: Shell.here.prefix(1))
  func rebooted(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let line = "echo asked >>'\(ground.folder)/ledger'"
    _ = await Self.ask(ground, 1, line)
    let boot = "\(ground.path)/.lander/jobs/d1/1000000/boot"
    #expect(Ground.isThere(boot))
    _ = Ground.sh("echo 00000000-0000-0000-0000-000000000000 >'\(boot)'")
    _ = await Self.ask(ground, 1, line)
    #expect(Ground.text("\(ground.folder)/ledger") == "asked\nasked\n")
    await ground.end()
  }

  @Test("a question is answered whatever the fence, and raises none", arguments: Shell.here)
  func fence(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    #expect(await ground.run(1, "echo ran", site: ground.site("d5", fence: 5, token: "new")).failure == nil)
    let (old, newer) = (ground.site("d4", fence: 4, token: "old"), ground.site("d9", fence: 9, token: "newer"))
    #expect(await ground.run(1, "echo ran", site: old).failure?.kind == .fenced)
    #expect(await Self.ask(ground, 2, "echo said", site: old).stdout?.text == "said\n")
    #expect(await Self.ask(ground, 2, "echo said", site: newer).stdout?.text == "said\n")
    #expect(await ground.run(2, "echo ran", site: ground.site("d5", fence: 5, token: "new")).failure == nil)
    await ground.end()
  }

  @Test("a script is cancelled by the number of its job, and its end is kept", arguments: Shell.here)
  func cancelled(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let command = Command(.shell("touch '\(ground.folder)/begun'; sleep 60"))
    async let end = ground.part(3, .script, command)
    try await until("the script runs") { Ground.isThere("\(ground.folder)/begun") }
    await ground.hosts.cancel(3_000_000, at: ground.site())
    #expect(await end.outcome.failure?.kind == .cancelled)
    #expect(await ground.part(3, .script, command).outcome.failure?.kind == .cancelled)
    await ground.end()
  }
}
