import Foundation
import SchemaCheck
import Testing

@Suite("Alarms after deployments", .serialized)
struct AlarmCommandTests {
  /// Returns the `alarm` field of a recipe. The command `check` runs in the release's folder.
  private static func body(_ during: String = "10m", check: String = "command = \"[ ! -e ../../bad ]\"") -> String {
    "alarm = { during = \"\(during)\", every = \"1s\", \(check) },"
  }

  /// Deploys version 1, then version 2, whose alarm no process watches yet.
  private func deployed(_ during: String = "10m") throws -> (place: Workplace, id: String) {
    let place = try Workplace.project(body: Self.body(during))
    #expect(try place.lander("deploy").code == 0)
    try place.write("2\n", to: "app/version")
    let second = try place.lander("deploy")
    let id = try #require(place.word(after: "Nobody watches the alarm of deployment ", in: second.err))
    #expect(second.code == 0 && second.err.contains(": lander follow \(id) --alarm"), "\(second.err)")
    return (place, id)
  }

  @Test("a check that fails after the deployment takes the hosts back, also if the first watcher was killed; one watches at a time")
  func fires() throws {
    let (place, id) = try deployed()
    let killed = try place.start(["follow", id, "--alarm"])
    try CommandTests.wait(for: "is watched until", in: killed.err)
    let second = try place.lander("follow", "last", "--alarm")
    #expect(second.code == 4 && second.err.contains("is watched already, by process \(killed.process)"), "\(second.err)")
    killed.send(SIGKILL)
    #expect(killed.wait() == 128 + SIGKILL)
    let next = try place.start(["follow", "last", "--alarm", "--json"])
    try CommandTests.wait(for: "is watched until", in: next.err)
    #expect(try place.current("h1", "version") == "2\n")
    try place.write("", to: "hosts/h2/srv/app/bad")
    #expect(next.wait() == 17, "\(next.everything)")
    for host in ["h1", "h2"] { #expect(try place.current(host, "version") == "1\n") }
    #expect(next.everything.contains("The alarm of deployment \(id) fires: h2: "), "\(next.everything)")
    let said = try Node(next.said(next.out))
    let faults = try Schema("docs/schemas/result.schema.json").faults(of: try #require(said["result"]), as: "follow")
    #expect(faults.isEmpty, "\(faults)\(next.everything)")
    let history = try place.lander("history")
    #expect(history.out.contains("alarm of deployment \(id): h2: "), "\(history.out)")
    let again = try place.lander("follow", id, "--alarm")
    #expect(again.code == 17 && again.out.contains("fired: h2: "), "\(again.out)")
  }

  @Test("deploy --wait stays and goes back, and its result is that of a deployment that a check took back")
  func stays() throws {
    let place = try Workplace.project(body: Self.body())
    #expect(try place.lander("deploy").code == 0)
    try place.write("2\n", to: "app/version")
    let running = try place.start(["deploy", "--wait", "--json"])
    try CommandTests.wait(for: "is watched until", in: running.err)
    #expect(try place.current("h1", "version") == "2\n")
    try place.write("", to: "hosts/h1/srv/app/bad")
    #expect(running.wait() == 17, "\(running.everything)")
    #expect(try place.current("h1", "version") == "1\n" && place.current("h2", "version") == "1\n")
    let said = try Node(running.said(running.out))
    #expect(running.everything.contains(#""kind":"unfit","#), "\(running.everything)")
    let json = running.said(running.out)
    #expect(json.components(separatedBy: "\"exit\":17").count == 3, "the whole and its result: \(json)")
    #expect(json.contains("\"state\":\"unfit\"") && json.contains("\"cause\":"), "\(json)")
    #expect(try Schema("docs/schemas/result.schema.json").faults(of: try #require(said["result"]), as: "deploy").isEmpty)
  }

  @Test("Ctrl-C ends the watching only, and a newer deployment ends the alarm without effect")
  func left() throws {
    let place = try Workplace.project(body: Self.body())
    let running = try place.start(["deploy", "--wait"])
    try CommandTests.wait(for: "is watched until", in: running.err)
    running.send(SIGINT)
    #expect(running.wait() == 0, "\(running.everything)")
    let id = try #require(place.word(after: "Nobody watches the alarm of deployment ", in: running.said(running.err)))
    let watching = try place.start(["follow", id, "--alarm"])
    try CommandTests.wait(for: "is watched until", in: watching.err)
    try place.write("2\n", to: "app/version")
    #expect(try place.lander("deploy").code == 0)
    #expect(watching.wait() == 0, "\(watching.everything)")
    #expect(watching.said(watching.out).contains("has ended without effect: deployment "), "\(watching.everything)")
    #expect(try place.current("h1", "version") == "2\n")
  }

  @Test("an alarm whose time is over is over: it passes if it was watched, and nobody can tell if it was not")
  func over() throws {
    let place = try Workplace.project(body: Self.body("2s"))
    let watched = try place.lander("deploy", "--wait")
    #expect(watched.code == 0 && watched.err.contains("is over, and nothing fired: "), "\(watched.err)")
    try place.write("2\n", to: "app/version")
    #expect(try place.lander("deploy").code == 0)
    sleep(3)
    let late = try place.lander("follow", "last", "--alarm")
    #expect(late.code == 14 && late.out.contains("nobody watched while it lasted"), "\(late.out)\(late.err)")
  }

  @Test("plan says what is watched, and when nobody does; a train with an alarm is refused")
  func plan() throws {
    let place = try Workplace.project(
      body: Self.body("15m", check: "http = \"http://localhost:1/ready\", allow = 3"), more: "group \"other\" { hosts = { \"x1\" } }")
    let plan = try place.lander("plan", "--json")
    #expect(plan.out.contains("for 15 m after it has succeeded: GET http://localhost:1/ready on each host, every 1 s"), "\(plan.out)")
    #expect(plan.out.contains("otherwise nobody does until somebody types lander follow ID --alarm"))
    let said = try Node(plan.out)
    #expect(try Schema("docs/schemas/result.schema.json").faults(of: try #require(said["result"]), as: "plan").isEmpty)
    try refused(
      place, ["deploy", "--group", "test,other"],
      """
      deploy.lua:3: --group: recipe "app" has an alarm, and a train does not wait for the alarm of each group
        → deploy to one group at a time, the next one with --from-group

      """)
  }

  @Test("a rollback that failed is never called done: 11 each time, and status advises to go back, not to bring the release to more hosts")
  func failedBack() throws {
    let place = try Workplace.project(
      body: Self.body() + " on = { ApplicationStart = function(host) host:run \"[ ! -e ../../fail ]\" end },")
    #expect(try place.lander("deploy").code == 0)
    try place.write("2\n", to: "app/version")
    #expect(try place.lander("deploy").code == 0)
    for host in ["h1", "h2"] { for file in ["fail", "bad"] { try place.write("", to: "hosts/\(host)/srv/app/\(file)") } }
    let first = try place.lander("follow", "last", "--alarm")
    let id = try #require(place.word(after: "The alarm of deployment ", in: first.out))
    #expect(first.code == 11 && first.out.contains("did not bring all of its hosts back"), "\(first.everything)")
    let again = try place.lander("follow", id, "--alarm")
    #expect(again.code == 11 && again.out.contains("lander rollback app --group test tries again"), "\(again.everything)")
    for verb in ["status", "history"] {
      let said = try place.lander(verb).everything
      #expect(!said.contains("--missing") && said.contains("The alarm of deployment \(id) fired: "), "\(said)")
    }
  }

  @Test(
    "the first signal does not end the rollback of an alarm, and follow of that rollback leads to its alarm",
    arguments: [SIGINT, SIGTERM])
  func signalInRollback(_ signal: Int32) throws {
    let start = "echo >../../started; while [ -e ../../slow ]; do sleep 0.1; done"
    let place = try Workplace.project(body: Self.body() + " on = { ApplicationStart = function(host) host:run \"\(start)\" end },")
    #expect(try place.lander("deploy").code == 0)
    try place.write("2\n", to: "app/version")
    #expect(try place.lander("deploy").code == 0)
    try FileManager.default.removeItem(atPath: place.path + "/hosts/h1/srv/app/started")
    for file in ["slow", "bad"] { try place.write("", to: "hosts/h1/srv/app/\(file)") }
    let watcher = try place.start(["follow", "last", "--alarm"])
    try place.wait(for: "hosts/h1/srv/app/started")
    watcher.send(signal)
    usleep(500_000)
    try FileManager.default.removeItem(atPath: place.path + "/hosts/h1/srv/app/slow")
    #expect(watcher.wait() == 17, "\(watcher.everything)")
    for host in ["h1", "h2"] { #expect(try place.text("hosts/\(host)/srv/app/current/version") == "1\n") }
    let last = try place.lander("follow", "last", "--alarm")
    #expect(last.code == 17 && last.out.contains("took its hosts back"), "\(last.everything)")
  }

  @Test("a watcher that was killed in the rollback leaves it to lander resume, and only then the hosts count as back")
  func killedInRollback() throws {
    let start = "echo >../../started; while [ -e ../../slow ]; do sleep 0.1; done"
    let place = try Workplace.project(body: Self.body() + " on = { ApplicationStart = function(host) host:run \"\(start)\" end },")
    #expect(try place.lander("deploy").code == 0)
    try place.write("2\n", to: "app/version")
    let second = try place.lander("deploy")
    let id = try #require(place.word(after: "Nobody watches the alarm of deployment ", in: second.err))
    try FileManager.default.removeItem(atPath: place.path + "/hosts/h1/srv/app/started")
    for file in ["slow", "bad"] { try place.write("", to: "hosts/h1/srv/app/\(file)") }
    let watcher = try place.start(["follow", id, "--alarm"])
    try place.wait(for: "hosts/h1/srv/app/started")
    watcher.send(SIGKILL)
    #expect(watcher.wait() == 128 + SIGKILL)
    let next = try place.lander("follow", id, "--alarm")
    let rollback = try #require(place.word(after: "Rollback ", in: next.out))
    try FileManager.default.removeItem(atPath: place.path + "/hosts/h1/srv/app/slow")
    #expect(next.code == 12 && next.out.contains("lander resume \(rollback)"), "\(next.everything)")
    #expect(try place.lander("resume", rollback).code == 0)
    let last = try place.lander("follow", id, "--alarm")
    #expect(last.code == 17 && last.out.contains("took its hosts back"), "\(last.everything)")
  }
}
