import Foundation
import Testing

/// Hosts on which a test can delay a rollback: release 2 fails on h2, so h1 is rolled back, and the start of release 1 there waits for a
/// file if the test asks for that.
enum WayBack {
  static let body = """
    strategy = rolling,
    on = { ApplicationStart = function(host)
      host:run [[
        if [ "$(cat version)" = 2 ] && [ "$LANDER_HOST" = h2 ]; then
          [ ! -e ../../hang ] || { touch ../../hook; sleep 300; }
          exit 1
        fi
        if [ "$(cat version)" = 1 ] && [ -e ../../held ]; then
          touch ../../back
          while [ -e ../../held ] && [ ! -e ../../go ]; do sleep 0.05; done
          [ ! -e ../../broken ] || exit 1
        fi
      ]]
    end },
    """

  /// Deploys release 1 to both hosts and prepares release 2.
  static func project() throws -> Workplace {
    let place = try Workplace.project(hosts: 2, body: body)
    let first = try place.lander("deploy")
    #expect(first.code == 0, "\(first.err)")
    try place.write("2\n", to: "app/version")
    return place
  }

  /// Starts a deployment of release 2 and waits until its rollback is running.
  static func begin(_ place: Workplace, _ words: [String] = []) throws -> Workplace.Running {
    try place.write("", to: "hosts/h1/srv/app/held")
    let running = try place.start(["deploy"] + (words.isEmpty ? ["--output", "plain"] : words))
    try place.wait(for: "hosts/h1/srv/app/back")
    return running
  }

  static func letGo(_ place: Workplace) throws { try place.write("", to: "hosts/h1/srv/app/go") }

  /// Returns the deployment ids that a text contains, in their order.
  static func ids(in text: String) -> [String] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      guard words.count > 1, words[0] == "Deployment" else { return nil }
      return String(words[1].prefix { $0 != ";" })
    }
  }
}

@Suite("A deployment and its rollback are one", .serialized)
struct PairTests {
  @Test(
    "killed in the rollback: resume and cancel, with either id or none, finish it and exit with 10",
    arguments: [("resume", ""), ("cancel", "rollback")])
  func killed(_ command: String, _ named: String) throws {
    let place = try WayBack.project()
    let running = try WayBack.begin(place)
    running.send(SIGKILL)
    #expect(running.wait() == 137)
    let ids = WayBack.ids(in: running.said(running.err))
    try #require(ids.count == 2, "\(running.everything)")
    try WayBack.letGo(place)
    let run = try place.run([command] + (named.isEmpty ? [] : [named == "rollback" ? ids[1] : ids[0]]))
    #expect(run.code == 10, "\(run.err)\(run.out)")
    #expect(run.out.hasPrefix("Failed: app to test, deployment \(ids[0])"), "\(run.out)")
    #expect(run.out.contains("  Rollback \(ids[1]): went back, 1 succeeded\n"), "\(run.out)")
    #expect(try place.current("h1", "version") == "1\n" && place.current("h2", "version") == "1\n")
    try over(place, ids)
  }

  /// Expects that `resume` and `cancel` refuse, because both deployments have ended.
  private func over(_ place: Workplace, _ ids: [String]) throws {
    for (command, id) in [("resume", ids[0]), ("cancel", ids[0]), ("resume", ids[1])] {
      let run = try place.lander(command, id)
      #expect(run.code == 10, "\(command) \(id)")
      expectText(
        run.out,
        """
        Deployment \(ids[0]) has ended already: failed, and its rollback \(ids[1]) succeeded. Nothing was done.
          → lander logs \(ids[0]) shows what happened, lander status --group test what each host runs now
          → the next deploy or rollback takes over a lock that it left on a host; lander unlock test removes the lock

        """)
    }
    #expect(try place.lander("resume").code == 2)
    #expect(try !place.lander("status").out.contains("Locked by"))
  }

  @Test("killed in the rollback: deploy, status and unlock name the command that finishes it, and change nothing")
  func named() throws {
    let place = try WayBack.project()
    let running = try WayBack.begin(place)
    running.send(SIGKILL)
    _ = running.wait()
    try WayBack.letGo(place)
    let id = try #require(WayBack.ids(in: running.said(running.err)).last)
    let way = "lander resume \(id) finishes the way back"
    let deploy = try place.lander("deploy")
    #expect(deploy.code == 4 && deploy.err.contains(way), "\(deploy.err)")
    #expect(try place.lander("status").out.contains(way))
    let unlock = try place.lander("unlock")
    #expect(unlock.code == 3 && unlock.out.contains("instead of unlocking: \(way)"), "\(unlock.out)\(unlock.err)")
    #expect(try place.lander("resume").code == 10)
  }

  @Test("Ctrl-C while cancel waits stops waiting only", arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func stopWaiting(_ signal: Int32, _ code: Int32) throws {
    let place = try WayBack.project()
    let running = try WayBack.begin(place)
    let cancelling = try place.start(["cancel", "--output", "ndjson"])
    try wait(for: "waiting for it", in: cancelling.err)
    usleep(300_000)
    cancelling.send(signal)
    #expect(cancelling.wait() == code, "\(cancelling.everything)")
    #expect(cancelling.said(cancelling.out).contains("\"exit\":\(code)"), "\(cancelling.everything)")
    #expect(cancelling.said(cancelling.err).contains("which will still end"), "\(cancelling.everything)")
    try WayBack.letGo(place)
    #expect(running.wait() == 10, "\(running.everything)")
  }

  @Test("killed in a rollback that then fails: resume exits with 11")
  func killedAndBroken() throws {
    let place = try WayBack.project()
    try place.write("", to: "hosts/h1/srv/app/broken")
    let running = try WayBack.begin(place)
    running.send(SIGKILL)
    _ = running.wait()
    try WayBack.letGo(place)
    let run = try place.lander("resume")
    #expect(run.code == 11, "\(run.out)")
  }

  @Test("a deployment that succeeded has ended with 0, a cancelled one with 15 for resume and 0 for cancel")
  func ended() throws {
    let place = try WayBack.project()
    #expect(try place.lander("resume", "last").code == 0)
    #expect(try place.lander("cancel", "last").code == 0)
    try place.write("", to: "hosts/h2/srv/app/hang")
    let running = try place.start(["deploy", "--output", "plain"])
    try place.wait(for: "hosts/h2/srv/app/hook")
    running.send(SIGINT)
    #expect(running.wait() == 15, "\(running.everything)")
    let id = try #require(WayBack.ids(in: running.said(running.err)).first)
    #expect(try place.lander("resume", id).code == 15)
    #expect(try place.lander("cancel", id).code == 0)
  }

  @Test("cancel waits for the rollback it causes, so that the next deployment finds no lock")
  func cancelThenDeploy() throws {
    let place = try WayBack.project()
    try place.write("", to: "hosts/h2/srv/app/hang")
    try place.write("", to: "hosts/h1/srv/app/held")
    // Started through a link with another name: Lander finds the process by the lock that it holds, not by the process name.
    let running = try place.start(
      ["deploy", "--output", "plain"], through: ["sh", "-c", "ln -s \"$0\" ./bring && exec ./bring \"$@\""])
    try place.wait(for: "hosts/h2/srv/app/hook")
    let cancelling = try place.start(["cancel"])
    try place.wait(for: "hosts/h1/srv/app/back")
    try wait(for: "is under way and is not interrupted; waiting for it.", in: cancelling.err)
    try WayBack.letGo(place)
    #expect(cancelling.wait() == 0, "\(cancelling.everything)")
    #expect(cancelling.said(cancelling.out).contains(": went back, 1 succeeded"), "\(cancelling.everything)")
    try place.write("3\n", to: "app/version")
    let next = try place.lander("deploy")
    #expect(next.code == 0, "\(next.err)\(next.out)")
    #expect(running.wait() == 15, "\(running.everything)")
  }

  @Test("cancel exits with 11 where the rollback it causes fails, and with 10 where the deployment had failed before")
  func cancelExits() throws {
    let place = try WayBack.project()
    try place.write("", to: "hosts/h2/srv/app/hang")
    try place.write("", to: "hosts/h1/srv/app/held")
    try place.write("", to: "hosts/h1/srv/app/broken")
    try WayBack.letGo(place)
    let running = try place.start(["deploy", "--output", "plain"])
    try place.wait(for: "hosts/h2/srv/app/hook")
    let cancelled = try place.lander("cancel")
    #expect(cancelled.code == 11, "\(cancelled.err)\(cancelled.out)")
    #expect(running.wait() == 11)

    let other = try WayBack.project()
    let failing = try WayBack.begin(other)
    let cancelling = try other.start(["cancel"])
    try wait(for: "waiting for it", in: cancelling.err)
    try WayBack.letGo(other)
    #expect(cancelling.wait() == 10, "\(cancelling.everything)")
    #expect(failing.wait() == 10)
  }
}
