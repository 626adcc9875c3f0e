import Foundation
import Testing

/// What happens to commands on the engine's own machine when the engine is killed.
@Suite("A killed engine's own commands")
struct DeadEngineTests {
  /// Kills the engine while its strategy runs a command on the engine's machine between two hosts. The command ignores TERM.
  private func killed(_ options: String = "") throws -> Workplace {
    let line = "echo begin >>marks; trap '' TERM; sleep 3; echo end >>marks"
    let place = try Workplace.project(
      body: "strategy = own {},",
      more: """
        local own = strategy "own" (function(rollout)
          local first, rest = rollout.targets:split(1)
          rollout:wave(first)
          here:run("\(line)"\(options))
          rollout:wave(rest)
        end)
        """)
    let running = try place.start(["deploy", "--output", "plain"])
    try place.wait(for: "marks")
    running.send(SIGKILL)
    _ = running.wait()
    return place
  }

  @Test("they end with it and do nothing afterwards; resume runs none a second time, and says that one is lost")
  func lost() throws {
    let place = try killed()
    let resumed = try place.lander("resume")
    #expect(resumed.code != 0 && resumed.err.contains("the engine that ran it on this machine was ended meanwhile"), "\(resumed.err)")
    #expect(!place.exists("hosts/h1/srv/app/current") && !place.exists("hosts/h2/srv/app/current"))
    Thread.sleep(forTimeInterval: 3)
    #expect(try place.text("marks") == "begin\n")
  }

  @Test("a cancel waits until they have ended before it puts anything back")
  func cancelled() throws {
    let place = try killed()
    let cancel = try place.lander("cancel")
    #expect(cancel.code == 0, "\(cancel.err)")
    #expect(try place.text("marks") == "begin\n")
    Thread.sleep(forTimeInterval: 3)
    #expect(try place.text("marks") == "begin\n")
  }

  @Test("one that may be repeated runs again, after the first has ended")
  func repeated() throws {
    let place = try killed(", { on_lost = \"repeat\" }")
    let resumed = try place.lander("resume")
    #expect(resumed.code == 0, "\(resumed.err)")
    #expect(try place.text("marks") == "begin\nbegin\nend\n")
  }
}
