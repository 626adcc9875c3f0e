import Foundation
import Testing

@Suite("Standard streams that the parent closed") struct ClosedStreamTests {
  private static let strategy = """
    local slow = strategy "slow" (function(rollout)
      local first, rest = rollout.targets:split(1)
      rollout:wave(first)
      rollout:wait "1s"
      rollout:wave(rest)
    end)
    """

  @Test("no output is taken for a signal, whichever of them are closed", arguments: [">&- 2>&-", "2>&-", ">&-", "<&- >&- 2>&-"])
  func closed(_ redirections: String) throws {
    let place = try Workplace.project(body: "strategy = slow {},", more: Self.strategy)
    let running = try place.start(["deploy", "--result", "result.json"], through: ["sh", "-c", "exec \"$@\" \(redirections)", "sh"])
    #expect(running.wait() == 0, "\(redirections)")
    let result = try place.text("result.json")
    #expect(result.contains(#""exit":0"#) && result.contains(#""kind":"done""#), "\(redirections): \(result)")
  }
}
