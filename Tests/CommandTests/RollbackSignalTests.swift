import Foundation
import Testing

@Suite("Signals in a rollback, and from CI runners", .serialized)
struct RollbackSignalTests {
  @Test("Ctrl-C in a rollback says at once that it goes on, what is left, and what a second one does", arguments: [SIGINT, SIGTERM])
  func once(_ signal: Int32) throws {
    let place = try WayBack.project()
    let running = try WayBack.begin(place)
    let id = try #require(WayBack.ids(in: running.said(running.err)).last)
    running.send(signal)
    try wait(
      for: "A rollback is not interrupted: half way back is the worst place. Still to go back: h1 (ApplicationStart)."
        + " A second signal leaves it as it is; lander resume \(id) finishes it then\n",
      in: running.err)
    try WayBack.letGo(place)
    #expect(running.wait() == 10, "\(running.everything)")
    #expect(try place.current("h1", "version") == "1\n")
  }

  @Test("a second one leaves the rollback, and the advice is the one that holds for a rollback")
  func twice() throws {
    let place = try WayBack.project()
    let running = try WayBack.begin(place)
    let id = try #require(WayBack.ids(in: running.said(running.err)).last)
    running.send(SIGINT)
    try wait(for: "A rollback is not interrupted", in: running.err)
    usleep(500_000)
    running.send(SIGINT)
    #expect(running.wait() == 130, "\(running.everything)")
    #expect(
      running.everything.hasSuffix(
        """

        Left the rollback \(id) half way: commands that run on hosts continue, locks stay until their lease ends.
          → lander resume \(id) finishes it

        """), "\(running.everything)")
    try WayBack.letGo(place)
    #expect(try place.lander("resume", id).code == 10)
  }

  @Test("a rollback that a Ctrl-C caused is not left by the next one, which is its first")
  func causedByOne() throws {
    let place = try WayBack.project()
    try place.write("", to: "hosts/h2/srv/app/hang")
    try place.write("", to: "hosts/h1/srv/app/held")
    let running = try place.start(["deploy", "--output", "plain"])
    try place.wait(for: "hosts/h2/srv/app/hook")
    running.send(SIGINT)
    try place.wait(for: "hosts/h1/srv/app/back")
    usleep(400_000)
    running.send(SIGINT)
    try wait(for: "A rollback is not interrupted", in: running.err)
    try WayBack.letGo(place)
    #expect(running.wait() == 15, "\(running.everything)")
  }

  @Test("INT, TERM and KILL of a cancelled CI job are one wish: what is not back is named with its commands, and resume finishes it")
  func runner() throws {
    let place = try WayBack.project()
    try place.write("", to: "hosts/h2/srv/app/hang")
    try place.write("", to: "hosts/h1/srv/app/held")
    let running = try place.start(["deploy", "--output", "plain"])
    try place.wait(for: "hosts/h2/srv/app/hook")
    let start = Date()
    running.send(SIGINT)
    usleep(7_500_000)
    running.send(SIGTERM)
    try wait(for: "Not finished yet: h1 (ApplicationStart). If this process is killed now, lander resume ", in: running.err)
    #expect(Date().timeIntervalSince(start) < 40)
    let said = running.said(running.err)
    #expect(
      said.contains("finishes it; from another checkout, lander rollback app --group test takes the hosts back"), "\(said)")
    #expect(!said.contains("Left "), "\(said)")
    running.send(SIGKILL)
    #expect(running.wait() == 137)
    try WayBack.letGo(place)
    let resumed = try place.lander("resume")
    #expect(resumed.code == 15, "\(resumed.err)\(resumed.out)")
    #expect(try place.current("h1", "version") == "1\n" && place.current("h2", "version") == "1\n")
  }
}
