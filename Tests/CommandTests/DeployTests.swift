import Foundation
import Testing

@Suite("Deploying to hosts on this machine", .serialized)
struct DeployTests {
  @Test(
    "deploy, deploy again, deploy a change, roll back: each says what it did, and the hosts agree")
  func wholeStory() throws {
    let place = try Workplace.project(
      body: "on = { ValidateService = function(host) host:run \"grep -q . version\" end },")
    let first = try place.lander("deploy")
    #expect(first.code == 0, "\(first.err)\(first.out)")
    #expect(
      first.out.hasPrefix("Succeeded: app to test, deployment ")
        && first.out.contains("  Hosts   2 succeeded\n"))
    #expect(try place.current("h2", "version") == "1\n")

    let again = try place.lander("deploy")
    #expect(again.code == 0 && again.out.hasPrefix("Nothing to do: "), "\(again.err)\(again.out)")

    try place.write("2\n", to: "app/version")
    let second = try place.lander("deploy", "--output", "plain")
    #expect(
      second.code == 0 && second.err.contains("h1  ValidateService     done in "), "\(second.err)")
    #expect(try place.current("h1", "version") == "2\n")

    let back = try place.lander("rollback")
    #expect(
      back.code == 0 && back.out.hasPrefix("Succeeded: rollback of app to test, deployment "),
      "\(back.err)\(back.out)")
    #expect(try place.current("h1", "version") == "1\n")

    let history = try place.lander("history")
    #expect(
      history.outLines.count == 5 && history.outLines[1].contains("rollback of app"),
      "\(history.out)")
    let status = try place.lander("status")
    #expect(
      status.code == 0 && status.outLines[0] == "app on test, 2 of 2 hosts reached", "\(status.out)"
    )
    let audit = try place.lander("audit")
    #expect(
      audit.code == 0 && audit.out.contains("h1 (app): ")
        && audit.out.contains("agrees with entry"), "\(audit.out)")
  }

  @Test(
    "a failing hook: the host goes back, the summary says what failed where, and the exit code is 10"
  )
  func failingHook() throws {
    let place = try Workplace.project(
      hosts: 1,
      body:
        "on = { ValidateService = function(host) host:run \"test ! -e broken || { echo boom >&2; exit 7; }\" end },"
    )
    #expect(try place.lander("deploy").code == 0)
    try place.write("", to: "app/broken")
    let run = try place.lander("deploy")
    #expect(run.code == 10, "\(run.err)\(run.out)")
    for part in [
      "Failed: app to test, deployment ", "  First failure: h1, ValidateService, deploy.lua:8\n",
      "    | boom\n", "exit", "1 restored",
      "Every touched host is back on what it ran before.", "lander logs ",
    ] { #expect(run.out.contains(part), "\(part) in \(run.out)") }
    #expect(
      !FileManager.default.fileExists(atPath: place.path + "/hosts/h1/srv/app/current/broken"))
    let logs = try place.lander("logs", "last", "h1")
    #expect(logs.code == 0 && logs.out.contains("  ! boom\n"), "\(logs.out)")
  }

  @Test("logs of the last deployment are the failed one's and then the rollback's, each command with its time")
  func logsOfBoth() throws {
    let place = try Workplace.project(
      body: """
        stages = { stage.upload, stage.rollout { strategy = rolling { batch = 1 } } },
        on = { ApplicationStart = function(host) host:run "cat version; test ! -e broken || test $LANDER_HOST != h2" end },
        """
    )
    #expect(try place.lander("deploy").code == 0)
    try place.write("", to: "app/broken")
    let run = try place.lander("deploy")
    #expect(run.code == 10 && run.out.contains("  Hosts   1 went back · 1 restored\n"), "\(run.out)")
    let logs = try place.lander("logs")
    #expect(logs.code == 0, "\(logs.err)")
    let heads = logs.out.split(separator: "\n").filter { $0.hasPrefix("Deployment ") || $0.hasPrefix("Rollback ") }
    #expect(heads.count == 2 && heads[0].hasPrefix("Deployment ") && heads[1].hasPrefix("Rollback "), "\(logs.out)")
    #expect(logs.out.contains(#/\n\d\d:\d\d:\d\d  h2  ApplicationStart/#), "\(logs.out)")
    #expect(try place.lander("logs", "last").out == logs.out)
    let id = try #require(heads[0].split(separator: " ").dropFirst().first)
    #expect(try !place.lander("logs", String(id)).out.contains("Rollback "))
    let wrong = try place.lander("logs", "last", "h3")
    #expect(wrong.code == 2 && wrong.err.contains("has no host \"h3\""), "\(wrong.err)")
  }

  @Test("after a rollback of what failed there is nothing to go back to: the failed release is never gone back to")
  func nothingFurtherBack() throws {
    let place = try Workplace.project(
      body: """
        stages = { stage.upload, stage.rollout { strategy = rolling { batch = 1 } } },
        on = { ValidateService = function(host) host:run "test ! -e broken || test $LANDER_HOST != h2" end },
        """
    )
    #expect(try place.lander("deploy").code == 0)
    try place.write("", to: "app/broken")
    #expect(try place.lander("deploy").code == 10)
    let run = try place.lander("rollback", "--only", "h1")
    #expect(run.code == 3 && run.err.contains("h1: there is no previous good release to go back to"), "\(run.err)\(run.out)")
    #expect(try place.current("h1", "version") == "1\n")
  }

  @Test("ndjson is every entry of the journal, on standard output, without a gap")
  func ndjson() throws {
    let place = try Workplace.project(hosts: 1)
    let run = try place.lander("deploy", "--output", "ndjson")
    #expect(run.code == 0, "\(run.err)")
    var entries = try run.outLines.map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
    // The last line of output says how the command ended.
    #expect(entries.popLast()?["type"] as? String == "ended")
    #expect(entries.map { $0["seq"] as? Int } == (0..<entries.count).map { $0 })
    #expect(
      entries.first?["type"] as? String == "planned"
        && entries.last?["type"] as? String == "concluded")
    #expect(run.err.contains("Succeeded: "))
  }

  @Test("a recipe's parameters are options of their own")
  func parameters() throws {
    let place = try Workplace.project(
      hosts: 1,
      body: """
        params = { percent = param.percent { default = "10%" }, migrate = param.boolean { default = true } },
        on = { AfterInstall = function(host, deployment)
          host:run { "sh", "-c", 'echo "$0 $1" > said', deployment.params.percent, tostring(deployment.params.migrate) } end },
        """)
    #expect(try place.lander("deploy", "app", "--percent", "25%", "--no-migrate").code == 0)
    #expect(
      try place.current("h1", "said").hasPrefix("25")
        && place.current("h1", "said").hasSuffix(" false\n"))
    #expect(try place.lander("deploy", "--percent=5%").code == 0)
    #expect(
      try place.current("h1", "said").hasPrefix("5")
        && place.current("h1", "said").hasSuffix(" true\n"))
  }

  @Test("a deployment whose engine was killed is shown as interrupted, and resume brings it to its end")
  func resume() throws {
    let place = try Workplace.project(
      hosts: 1,
      body:
        "on = { ApplicationStart = function(host) host:run(\"while test ! -e ../../go; do sleep 0.1; done\") end },"
    )
    let running = try place.start(["deploy", "--output", "plain"])
    try wait(for: "Install", in: running.err)
    running.send(SIGKILL)
    _ = running.wait()
    #expect(try place.lander("history").out.contains("interrupted"))
    try place.write("", to: "hosts/h1/srv/app/go")
    let resumed = try place.lander("resume")
    #expect(
      resumed.code == 0 && resumed.out.hasPrefix("Succeeded: "), "\(resumed.err)\(resumed.out)")
  }

  @Test("cancel did what it was asked, whether the deployment ran or was interrupted: it exits with 0")
  func cancelInterrupted() throws {
    let place = try Workplace.project(
      hosts: 1, body: #"on = { ApplicationStart = function(host) host:run "touch ../../hook; sleep 60" end },"#)
    let running = try place.start(["deploy", "--output", "plain"])
    try place.wait(for: "hosts/h1/srv/app/hook")
    running.send(SIGKILL)
    _ = running.wait()
    let cancel = try place.lander("cancel")
    #expect(cancel.code == 0 && cancel.out.hasPrefix("Cancelled: app to test"), "\(cancel.err)\(cancel.out)")
    #expect(try place.lander("status").out.contains("nothing yet"))
  }

  @Test("whoever comes second is told who holds the lock, and exits with 4")
  func locked() throws {
    let place = try Workplace.project(
      hosts: 1, body: "on = { ApplicationStart = function(host) host:run \"sleep 60\" end },")
    let running = try place.start(["deploy", "--output", "plain"])
    try wait(for: "Install", in: running.err)
    let other = try place.lander("deploy", "--state", "other")
    #expect(other.code == 4, "\(other.err)\(other.out)")
    #expect((other.out + other.err).contains("lander status"), "\(other.out)\(other.err)")
    let unlock = try place.lander("unlock", "--yes")
    #expect(unlock.code == 4 && unlock.err.contains("still lives"), "\(unlock.err)")
    let cancel = try place.lander("cancel")
    #expect(cancel.code == 0 && cancel.out.contains("Cancelled: "), "\(cancel.err)\(cancel.out)")
    #expect(running.wait() == 15)
  }

  @Test("exec runs a command as another user, and tells programs what each host said", .enabled(if: geteuid() == 0, "needs root"))
  func execAs() throws {
    let place = try Workplace.project()
    let run = try place.lander("exec", "test", "--user", "nobody", "--json", "--", "id -un; echo oops >&2; [ \"$(id -un)\" = nobody ]")
    #expect(run.code == 0, "\(run.everything)")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(run.out.utf8)) as? [String: Any])
    let hosts = try #require((object["result"] as? [String: Any])?["hosts"] as? [[String: Any]])
    #expect(hosts.map { $0["host"] as? String } == ["h1", "h2"], "\(run.out)")
    for (stream, text) in [("stdout", "nobody\n"), ("stderr", "oops\n")] {
      #expect(hosts.allSatisfy { ($0[stream] as? [String: Any])?["text"] as? String == text }, "\(run.out)")
    }
  }

  @Test("exec runs a command on every host and sums up")
  func exec() throws {
    let place = try Workplace.project()
    let run = try place.lander("exec", "test", "--", "echo hello; echo there >&2")
    #expect(run.code == 0, "\(run.err)")
    #expect(run.outLines.sorted() == ["h1 | hello", "h2 | hello"])
    #expect(
      run.err.contains("h2 ! there") && run.err.hasSuffix("2 of 2 hosts succeeded\n"), "\(run.err)")
    #expect(try place.lander("exec", "test", "--", "false").code == 12)
  }

  @Test("a damaged journal is named, and nothing of it is deleted")
  func damaged() throws {
    let place = try Workplace.project(hosts: 1)
    #expect(try place.lander("deploy").code == 0)
    #expect(try place.lander("audit", "--offline").code == 0)
    let file = place.folder.appending(path: ".lander/journal.sqlite")
    var bytes = try Data(contentsOf: file)
    let found = try #require(bytes.range(of: Data("concluded".utf8)), "the journal's file holds no conclusion to damage")
    bytes[found.lowerBound] = UInt8(ascii: "X")
    try bytes.write(to: file)
    let audit = try place.lander("audit", "--offline")
    #expect(audit.code == 3 && audit.out.contains("  damaged: entry "), "\(audit.out)\(audit.err)")
    let resume = try place.lander("resume", "last")
    let id = try #require(resume.err.firstMatch(of: /[0-9]{8}-[0-9]{6}-[a-z0-9]{4}/)?.output)
    let entry = try #require(resume.err.firstMatch(of: /entry [0-9]+/)?.output)
    expectText(
      resume.err,
      """
      the journal of \(id) is damaged: \(entry) is not what was written: its content does not fit the chain
        → nothing was deleted; lander logs shows what came before, lander status asks the hosts, lander deploy starts anew

      """)
    #expect(resume.code == 21 && resume.out == "")
    let logs = try place.lander("logs", "last", "--json")
    #expect(logs.code == 21 && logs.out.contains("\"damage\"") && logs.err.contains("the journal of \(id) is damaged"), "\(logs)")
    #expect(try Data(contentsOf: file).count >= bytes.count)
  }

  @Test("a host that joins the group, or lost its disk, is brought in first: the floor of the others does not stand in its way")
  func joining() throws {
    let body = "strategy = rolling, on = { ValidateService = function(host) host:run \"test -e version\" end },"
    let place = try Workplace.project(hosts: 2, body: body)
    #expect(try place.lander("deploy").code == 0)
    try place.write(Recipes.local(place.path, hosts: 3, body: body), to: "deploy.lua")
    try place.write("2\n", to: "app/version")
    let run = try place.lander("deploy")
    #expect(run.code == 0 && run.out.contains("3 succeeded"), "\(run.err)\(run.out)")
  }

  @Test("--quiet prints how it ended and nothing before, and does not go with --verbose or another --output")
  func quiet() throws {
    let place = try Workplace.project()
    let building = "{ from = \"app\", build = \"echo building\" }"
    try place.write(try place.text("deploy.lua").replacing("{ from = \"app\" }", with: building), to: "deploy.lua")
    let run = try place.lander("deploy", "--quiet")
    #expect(run.code == 0 && run.err.isEmpty && run.out.hasPrefix("Succeeded: app to test, deployment "), "\(run.err)\(run.out)")
    let both = try place.lander("deploy", "--quiet", "--output", "plain")
    #expect(both.code == 2 && both.err.contains("--quiet and --output plain exclude each other"), "\(both.err)")
    let loud = try place.lander("deploy", "-q", "--verbose")
    #expect(loud.code == 2 && loud.err.contains("--quiet and --verbose exclude each other"), "\(loud.err)")
  }

  @Test("--json and --output ndjson are refused together, before anything starts")
  func forms() throws {
    let place = try Workplace.project(hosts: 1)
    for words in [
      ["deploy", "--json", "--output", "ndjson"], ["deploy", "--output=ndjson", "--json"], ["follow", "--json", "--output", "ndjson"],
    ] {
      let run = try place.run(words)
      #expect(run.code == 2 && run.err.contains("--json and --output ndjson exclude each other"), "\(words): \(run.everything)")
      #expect(run.out.contains("\"exit\":2") && run.outLines.count == 1, "\(run.out)")
    }
    #expect(!place.exists("hosts") && !place.exists(".lander"))
  }
}
