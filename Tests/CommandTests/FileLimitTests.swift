import Testing

@Suite("A limit of the size of files", .serialized)
struct FileLimitTests {
  private static func limited(_ place: Workplace, _ blocks: Int, _ words: String...) throws -> Workplace.Run {
    let running = try place.start(words, through: ["sh", "-c", "ulimit -f \(blocks); exec \"$@\"", "sh"])
    let code = running.wait()
    return Workplace.Run(out: running.said(running.out), err: running.said(running.err), code: code)
  }

  @Test("a deployment under a limit ends like one on a full disk, and by no signal", arguments: [4, 60, 150, 800])
  func deploys(_ blocks: Int) throws {
    let place = try Workplace.project(hosts: 1)
    try place.write(String(repeating: "0123456789abcde\n", count: 40_000), to: "app/large")
    let run = try Self.limited(place, blocks, "deploy")
    #expect(run.code == 21, "\(run.code) \(run.everything)")
    #expect(run.everything.contains("ulimit -f"), "\(run.everything)")
    #expect(!run.everything.contains("to begin a new one"), "a journal of which nothing is wrong stays: \(run.everything)")
    let again = try place.lander("deploy")
    #expect(again.code == 0, "\(again.everything)")
  }

  @Test("a file of the command's own that becomes too large is named with the reason")
  func outputs() throws {
    let place = try Workplace.project(hosts: 1)
    let run = try Self.limited(place, 1, "list", "--json", "--result", "result.json")
    #expect(run.code < 128, "\(run.code) \(run.everything)")
  }
}
