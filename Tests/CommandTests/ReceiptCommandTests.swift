import Foundation
import Testing

/// Commands that use the hosts' receipts: which release is good, which deployment was interrupted, and the parameters of each.
@Suite("Going back, locks that were left over, rotated secrets", .serialized)
struct ReceiptCommandTests {
  /// A recipe that deploys to one host after the other. The hook of revision 2 never ends on a host that has a certain file.
  private static let body = """
    stages = { stage.upload, stage.rollout { strategy = rolling { batch = 1 } } },
    on = { ApplicationStart = function(host)
      host:run "if test -e ../../wait; then touch ../../waiting; while test -e ../../wait; do sleep 0.05; done; fi"
    end },
    """

  /// Deploys a revision, and kills the engine while the hook on the given host runs.
  private func killed(_ revision: String, at host: String, in place: Workplace) throws {
    try place.write("\(revision)\n", to: "app/version")
    try place.write("", to: "hosts/\(host)/srv/app/wait")
    let running = try place.start(["deploy", "--output", "plain"])
    try place.wait(for: "hosts/\(host)/srv/app/waiting")
    running.send(SIGKILL)
    _ = running.wait()
    for file in ["wait", "waiting"] { try FileManager.default.removeItem(atPath: "\(place.path)/hosts/\(host)/srv/app/\(file)") }
  }

  private func versions(_ place: Workplace, _ hosts: Int = 3) throws -> [String] {
    try (1...hosts).map { try place.current("h\($0)", "version").trimmingCharacters(in: .newlines) }
  }

  private func deployed(_ revision: String, _ place: Workplace, _ words: String...) throws {
    try place.write("\(revision)\n", to: "app/version")
    let run = try place.run(["deploy"] + words)
    #expect(run.code == 0, "\(run.err)\(run.out)")
  }

  @Test("killed in wave 2, unlocked, another revision deployed, rolled back: no host gets the one that was never finished")
  func split() throws {
    let place = try Workplace.project(hosts: 3, body: Self.body)
    try deployed("1", place)
    try killed("2", at: "h2", in: place)
    #expect(try versions(place)[0] == "2")
    #expect(try place.lander("unlock", "--yes").code == 0)
    try deployed("3", place)
    let back = try place.lander("rollback")
    #expect(back.code == 0, "\(back.err)\(back.out)")
    #expect(try versions(place) == ["1", "1", "1"])
  }

  @Test("killed in wave 2, unlocked, rolled back: what it had come to goes back, and the others stay")
  func unlocked() throws {
    let place = try Workplace.project(hosts: 3, body: Self.body)
    for revision in ["0", "1"] { try deployed(revision, place) }
    try killed("2", at: "h2", in: place)
    #expect(try place.lander("unlock", "--yes").code == 0)
    let back = try place.lander("rollback")
    #expect(back.code == 0, "\(back.err)\(back.out)")
    #expect(try versions(place) == ["1", "1", "1"])
    #expect(back.out.contains("1 unchanged"))
    // The next rollback goes back once more, and ignores the killed deployment.
    let again = try place.lander("rollback")
    #expect(again.code == 0, "\(again.err)\(again.out)")
    #expect(try versions(place) == ["0", "0", "0"])
  }

  @Test("after a deployment that failed and went back by itself, rollback goes to the good revision before")
  func afterFailure() throws {
    let place = try Workplace.project(hosts: 2, body: #"on = { ValidateService = function(host) host:run "! grep -q bad version" end },"#)
    for revision in ["0", "1"] { try deployed(revision, place) }
    try place.write("bad\n", to: "app/version")
    #expect(try place.lander("deploy").code == 10)
    let back = try place.lander("rollback")
    #expect(back.code == 0, "\(back.err)\(back.out)")
    #expect(try versions(place, 2) == ["0", "0"])
  }

  @Test("hosts on different good revisions are named, nothing is done without --straighten, and with it they are on one")
  func straighten() throws {
    let place = try Workplace.project(hosts: 3)
    try deployed("1", place)
    try deployed("2", place)
    try deployed("3", place, "--only", "h1")
    let refused = try place.lander("rollback")
    #expect(refused.code == 3 && refused.out == "")
    #expect(refused.err.contains("\nh2: it runs ") && refused.err.contains("\nh3: it runs "), "\(refused.err)")
    #expect(refused.err.contains("lander rollback app --straighten takes every host to "), "\(refused.err)")
    #expect(try versions(place) == ["3", "2", "2"])
    let back = try place.lander("rollback", "--straighten")
    #expect(back.code == 0, "\(back.err)\(back.out)")
    #expect(try versions(place) == ["2", "2", "2"])
  }

  @Test("a host that was unreachable goes back later with the same command, and --only for the others was named")
  func mopUp() throws {
    let place = try Workplace.project(hosts: 2)
    try place.write(
      try place.text("deploy.lua").replacing("host \"h2\" { transport = \"local\",", with: "host \"h2\" {"), to: "deploy.lua")
    try place.write(
      """
      #!/bin/sh
      if test -e \(place.path)/down; then echo "ssh: connect to host h2 port 22: No route to host" >&2; exit 255; fi
      for line; do :; done
      exec sh -c "$line"

      """, to: "bin/ssh", mode: 0o755)
    // The host keeps a copy of the host program in this home.
    let path = ["PATH": "\(place.path)/bin:/usr/bin:/bin", "HOME": "\(place.path)/home"]
    func run(_ words: String...) throws -> Workplace.Run { try place.run(words, path) }
    for revision in ["1", "2"] {
      try place.write("\(revision)\n", to: "app/version")
      let deployed = try run("deploy")
      #expect(deployed.code == 0, "\(deployed.err)\(deployed.out)")
    }
    try place.write("", to: "down")
    let refused = try run("rollback")
    #expect(refused.code == 20 && refused.out == "")
    #expect(
      refused.err.contains(
        """
        h2 cannot go back now; the others can
          → lander rollback app --only h1 takes them back
            lander rollback app takes the rest back later: hosts that went back already stay as they are

        """), "\(refused.err)")
    #expect(try run("rollback", "--only", "h1").code == 0)
    #expect(try versions(place, 2) == ["1", "2"])
    try FileManager.default.removeItem(atPath: place.path + "/down")
    let rest = try run("rollback")
    #expect(rest.code == 0 && rest.out.contains("1 unchanged"), "\(rest.err)\(rest.out)")
    #expect(try versions(place, 2) == ["1", "1"])
    let again = try run("rollback")
    #expect(again.code == 3 && again.err.contains("it went back already"), "\(again.err)")
  }

  /// Keeps a copy of the lock during the deployment. A test restores it, as if the host had been unreachable when the deployment ended.
  private static let keeping = """
    on_success = function(deployment) here:run "rm -rf kept && cp -r hosts/h1/srv/app/.lander/lock kept" end,
    """
  private func leave(_ place: Workplace) throws {
    let lock = place.path + "/hosts/h1/srv/app/.lander/lock"
    #expect(!FileManager.default.fileExists(atPath: lock))
    try FileManager.default.moveItem(atPath: place.path + "/kept", toPath: lock)
  }

  @Test("a lock that a deployment left over when it ended is taken over by the next deployment or rollback, which says so")
  func leftOver() throws {
    let place = try Workplace.project(hosts: 1, body: Self.keeping)
    try place.write("1\n", to: "app/version")
    let first = try place.lander("deploy")
    let id = try #require(place.word(after: "deployment ", in: first.out))
    try leave(place)
    try place.write("2\n", to: "app/version")
    let next = try place.lander("deploy")
    #expect(next.code == 0, "\(next.err)\(next.out)")
    #expect(next.err.contains("Deployment \(id) has ended (succeeded), and its lock was left over; taking it over.\n"), "\(next.err)")
    let second = try #require(place.word(after: "deployment ", in: next.out))
    try leave(place)
    let back = try place.lander("rollback")
    #expect(back.code == 0 && back.err.contains("Deployment \(second) has ended (succeeded)"), "\(back.err)\(back.out)")
    #expect(try place.current("h1", "version") == "1\n")
    #expect(!place.exists("hosts/h1/srv/app/.lander/lock"))
  }

  @Test("a lock that a deployment left over is given back by unlock without --force, and cancel and resume say so")
  func leftOverUnlock() throws {
    let place = try Workplace.project(hosts: 1, body: Self.keeping)
    let first = try place.lander("deploy")
    let id = try #require(place.word(after: "deployment ", in: first.out))
    try leave(place)
    // The lock as another machine writes it: without a process that can be checked, so the lease decides.
    let holder = try place.text("hosts/h1/srv/app/.lander/lock/holder").split(separator: "\n").prefix(3).joined(separator: "\n")
    try place.write(holder + "\n", to: "hosts/h1/srv/app/.lander/lock/holder")
    let other = try place.lander("deploy", "--state", "other", "--force")
    #expect(other.code == 4 && (other.err + other.out).contains("the lock is free in "), "\(other.err)\(other.out)")
    for command in ["cancel", "resume"] {
      let said = try place.lander(command, id)
      #expect((said.err + said.out).contains("lander unlock"), "\(command): \(said.err)\(said.out)")
    }
    let unlocked = try place.lander("unlock", "--yes")
    #expect(unlocked.code == 0, "\(unlocked.err)\(unlocked.out)")
    #expect(
      unlocked.out.hasSuffix("\nDeployment \(id) has ended (succeeded), and its lock was left over.\nh1: unlocked\n"), "\(unlocked.out)")
    #expect(try place.lander("deploy", "--force").code == 0)
  }

  @Test("a lock whose process on this machine is gone is taken over also by a project that keeps its journal elsewhere")
  func gone() throws {
    let place = try Workplace.project(hosts: 1, body: Self.body)
    try deployed("1", place)
    try place.write("2\n", to: "app/version")
    try place.write("", to: "hosts/h1/srv/app/wait")
    let running = try place.start(["deploy", "--output", "plain", "--state", "other"])
    try place.wait(for: "hosts/h1/srv/app/waiting")
    let id = try #require(place.word(after: "Deployment ", in: running.said(running.err)))
    let living = try place.lander("deploy")
    #expect(living.code == 4 && living.out.contains("; if its engine is gone, the lock is free in "), "\(living.err)\(living.out)")
    running.send(SIGKILL)
    _ = running.wait()
    try FileManager.default.removeItem(atPath: "\(place.path)/hosts/h1/srv/app/wait")
    let planned = try place.lander("plan", "--connect")
    #expect(planned.code == 0 && !planned.err.contains("taking it over"), "\(planned.err)")
    let next = try place.lander("deploy")
    #expect(next.code == 0, "\(next.err)\(next.out)")
    #expect(
      next.err.contains(
        "Deployment \(id), started from another folder of this machine, still holds the lock, and its process is gone; taking it over.\n"),
      "\(next.err)")
    #expect(try versions(place, 1) == ["2"])
  }

  @Test("a secret with another value is a change, and the next deployment says which; what cannot be compared is said too")
  func rotated() throws {
    let place = try Workplace.project(
      hosts: 2,
      body: """
        on = { ApplicationStart = function(host)
          host:run("echo $TOKEN >>../../tokens", { env = { TOKEN = secret "MY_TOKEN" } })
        end },
        """)
    func run(_ token: String, _ words: String...) throws -> Workplace.Run { try place.run(words, ["MY_TOKEN": token]) }
    func tokens() throws -> String { try place.text("hosts/h1/srv/app/tokens") }
    #expect(try run("first-token", "deploy").code == 0)
    let same = try run("first-token", "deploy")
    #expect(same.code == 0)
    #expect(same.out.contains("same bundle, sources, parameters, shared paths and values of secrets already"), "\(same.out)")
    #expect(try tokens() == "first-token\n")
    let plan = try run("second-token", "plan", "--connect")
    #expect(plan.out.contains("other value of MY_TOKEN than it has"), "\(plan.out)\(plan.err)")
    let rotated = try run("second-token", "deploy")
    #expect(rotated.code == 0 && rotated.out.hasPrefix("Succeeded"), "\(rotated.err)\(rotated.out)")
    #expect(rotated.err.contains("MY_TOKEN: the value is another one than hosts were deployed with"), "\(rotated.err)")
    #expect(try tokens() == "first-token\nsecond-token\n")
    try FileManager.default.removeItem(atPath: place.path + "/hosts/h2/srv/app/.lander/key")
    let unknown = try run("second-token", "deploy")
    let said = "the values of MY_TOKEN were not compared on h2: the key that its receipt was made with is not on the host any more"
    #expect(unknown.out.contains(said), "\(unknown.err)\(unknown.out)")
    let everything = try run("second-token", "status").out + place.text("hosts/h1/srv/app/.lander/receipt")
    let key = try place.text("hosts/h1/srv/app/.lander/key").prefix(64)
    #expect(!everything.contains("second-token") && !everything.contains(key))
  }

  @Test("a job that was claimed and never started costs the next deployment seconds, and not minutes")
  func unborn() throws {
    let place = try Workplace.project(hosts: 1)
    try deployed("1", place)
    let boot = try String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8).trimmingCharacters(in: .newlines)
    try place.write("1 1795644496455 \(boot) \nlander: stage\n", to: "hosts/h1/srv/app/.lander/jobs/20260101-000000-aaaa/2/meta")
    let begin = Date()
    try deployed("2", place)
    #expect(Date().timeIntervalSince(begin) < 60)
  }

  @Test(
    "while a deployment waits for what an earlier one left running, it says for what, and Ctrl-C ends it at once",
    arguments: [SIGINT, SIGTERM])
  func waiting(_ signal: Int32) throws {
    let place = try Workplace.project(hosts: 1, body: Self.body)
    try deployed("1", place)
    try place.write("2\n", to: "app/version")
    try place.write("", to: "hosts/h1/srv/app/wait")
    let killed = try place.start(["deploy", "--output", "plain"])
    try place.wait(for: "hosts/h1/srv/app/waiting")
    killed.send(SIGKILL)
    _ = killed.wait()
    #expect(try place.lander("unlock", "--yes").code == 0)
    let next = try place.start(["deploy", "--output", "plain"])
    try wait(for: "h1 waits for commands that an earlier deployment left running: `", in: next.err)
    #expect(next.said(next.err).contains("--orphans kill ends them, Ctrl-C stops waiting"))
    let asked = Date()
    next.send(signal)
    #expect(next.wait() == 15, "\(next.everything)")
    #expect(Date().timeIntervalSince(asked) < 30)
    try FileManager.default.removeItem(atPath: "\(place.path)/hosts/h1/srv/app/wait")
    #expect(!place.exists("hosts/h1/srv/app/.lander/lock"))
  }
}
