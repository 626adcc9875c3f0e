import DeployCore
import DeployModel
import Foundation
import Testing

@testable import DeployHosts

@Suite("Questions: commands that change nothing", .serialized)
struct QuestionTests {
  private static func question(_ line: String, input: String? = nil) -> DeployModel.Operation {
    .run(Command(.shell(line), input: input.map { Text($0) }, isQuestion: true))
  }

  @Test("a question has its input, its streams and its status, and its first answer is its answer", arguments: Shell.here)
  func answers(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let question = Self.question("cat; echo said; echo oops >&2; echo asked >>'\(ground.folder)/ledger'; exit 3", input: "given\n")
    let first = await ground.perform(1, question)
    #expect(first.stdout?.text == "given\nsaid\n")
    #expect(first.stderr?.text == "oops\n")
    #expect(first.status == 3)
    let other = ground.another()
    let again = await ground.perform(1, question, by: other)
    await other.close()
    #expect(again.stdout == first.stdout && again.status == 3)
    #expect(Ground.text("\(ground.folder)/ledger") == "asked\n")
    await ground.end()
  }

  @Test("what was a question is no job, and what was a job no question, under whatever number", arguments: Shell.here)
  func mixed(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let ledger = "\(ground.folder)/ledger"
    let job = DeployModel.Operation.run(Command(.shell("echo job >>'\(ledger)'")))
    #expect(await ground.perform(1, Self.question("echo said")).failure == nil)
    #expect(await ground.perform(1, job).failure?.message.contains("was a question and cannot be a job") == true)
    #expect(await ground.perform(2, job).failure == nil)
    #expect(await ground.perform(2, Self.question("echo asked >>'\(ledger)'")).failure?.message.contains("cannot be a question") == true)
    #expect(Ground.text(ledger) == "job\n")
    await ground.end()
  }

  @Test("an answer of some megabytes that takes its time arrives whole", arguments: Shell.here)
  func large(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let heard = Heard()
    let question = Self.question("sleep 2; yes 0123456789 | head -c 3000000")
    let outcome = await ground.hosts.perform(ground.intent(1, question), at: ground.site()) { heard.take($0) }
    #expect(outcome.failure == nil && outcome.stdout?.bytes == 3_000_000)
    #expect(heard.bytes(.stdout) == Array(String(repeating: "0123456789\n", count: 272_728).utf8.prefix(3_000_000)))
    await ground.end()
  }

  @Test("where the channel breaks while it is asked, the question is asked again", arguments: Shell.here)
  func broken(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    async let outcome = ground.perform(1, Self.question("touch '\(ground.folder)/begun'; sleep 1; echo said"))
    try await until("the question is asked") { Ground.isThere("\(ground.folder)/begun") }
    if let client = await ground.hosts.client(of: ground.site().host) { kill(client, SIGKILL) }
    #expect(await outcome.stdout?.text == "said\n")
    await ground.end()
  }

  @Test("a question that takes too long is ended", arguments: Shell.here)
  func late(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let outcome = await ground.perform(1, Self.question("sleep 61.25"), timeout: .seconds(1))
    #expect(outcome.failure?.kind == .timeout)
    try await until("it is gone") { Ground.sh("pgrep -f 'sleep 61.2[5]'") == "" }
    await ground.end()
  }

  @Test("after a reboot an answer is asked for anew", arguments: Shell.here.prefix(1))
  func rebooted(_ shell: Shell) async throws {
    let ground = try Ground(shell)
    let question = Self.question("echo asked >>'\(ground.folder)/ledger'")
    _ = await ground.perform(1, question)
    _ = Ground.sh("echo 00000000-0000-0000-0000-000000000000 >'\(ground.path)/.lander/jobs/d1/1/boot'")
    _ = await ground.perform(1, question)
    #expect(Ground.text("\(ground.folder)/ledger") == "asked\nasked\n")
    await ground.end()
  }
}
