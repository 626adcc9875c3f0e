import Foundation
import SchemaCheck
import Testing

@Suite("Several groups in order as one deployment", .serialized)
struct TrainTests {
  /// Returns a project with the groups `first` and `second`, a host in each, and a recipe that fails if a certain file is in the folder.
  private func place(_ hook: String = "") throws -> Workplace {
    let place = try Workplace(["app/version": "1\n"])
    let hook = hook.replacing("HERE", with: place.path)
    try place.write(
      """
      group "first" { hosts = { host "a" { transport = "local", root = "\(place.path)/hosts/a" } } }
      group "second" { hosts = { host "b" { transport = "local", root = "\(place.path)/hosts/b" } } }
      recipe "app" {
        api = 1,
        revision = bundle { from = "app" },
        targets = group "first",
        path = "/srv/app",
        on = { ValidateService = function(host) \(hook) end },
      }

      """, to: "deploy.lua")
    return place
  }

  private func result(_ text: String, _ command: String = "deploy") throws -> Node {
    let schema = try Schema("docs/schemas/result.schema.json")
    let node = try Node(text)
    let faults = schema.faults(of: node) + (node["result"].map { schema.faults(of: $0, as: command) } ?? ["no result"])
    #expect(faults.isEmpty, "\(faults) in \(text)")
    return node
  }

  @Test("two groups get the very same bundle, though the files changed in between, and one object and one JUnit file tell of both")
  func sameBundle() throws {
    let place = try place("host:run \"echo 2 > HERE/app/version\"")
    let run = try place.lander("deploy", "--group", "first,second", "--json", "--junit", "junit.xml")
    let node = try result(run.out)
    #expect(run.code == 0 && node["result"]?["state"]?.text == "done", "\(run.out) \(run.err)")
    #expect(try place.current("a", "version") == "1\n" && place.current("b", "version") == "1\n")
    #expect(try place.text("app/version") == "2\n")
    let junit = try place.text("junit.xml")
    #expect(junit.contains("app to first") && junit.contains("app to second"), "\(junit)")
    let train = try #require(node["result"]?["train"]?.text)
    let page = try place.lander("report", train, "--markdown").out
    #expect(page.contains("Group first: succeeded") && page.contains("Group second: succeeded"), "\(page)")
    #expect(try place.lander("show", "last").out.contains("train=\(train)"))
    #expect(try place.lander("resume", train).out.contains("has ended already"))
  }

  @Test("the first group that does not succeed ends a train with its exit code, and no further group is touched")
  func stops() throws {
    let place = try place("host:run \"exit 7\"")
    let run = try place.lander("deploy", "--group", "first,second", "--json")
    let node = try result(run.out)
    #expect(run.code == 10 && node["result"]?["groups"]?.list.last?["state"]?.text == "not_begun", "\(run.out)")
    #expect(!place.exists("hosts/b/srv/app"))
  }

  @Test("what is wrong with any group is refused before the first one is touched, all of it at once")
  func refusals() throws {
    let place = try place()
    let run = try place.lander("deploy", "--group", "first,secnod,first", "--only", "a", "--label", "train=x", "--json")
    let node = try Node(run.out)
    #expect(run.code == 2 && node["problems"]?.list.count == 4, "\(run.out)")
    #expect(!place.exists("hosts/a/srv/app") && !place.exists(".lander/trains"))
    #expect(try place.lander("deploy", "--group", "first", "--between", "none").err.contains("there is one group"))
    #expect(try place.lander("plan", "--group", "first,second").err.contains("only deploy takes several groups"))
  }

  @Test("a train waits for a person: yes brings the next group, no leaves it and ends with 14")
  func question() throws {
    for (word, code) in [("approve", Int32(0)), ("reject", 14)] {
      let place = try place()
      let running = try place.start(["deploy", "--group", "first,second", "--between", "approve=10m"])
      try wait(for: "waits for a person", in: running.err)
      let train = try #require(place.word(after: "lander approve ", in: running.said(running.err)))
      #expect(!place.exists("hosts/b/srv/app"))
      #expect(try place.lander("resume", train).code == 4)
      let answer = try place.lander(word, train, "--comment", "looked at it", "--actor", "kim", "--json")
      _ = try result(answer.out, word)
      #expect(running.wait() == code, "\(running.everything)")
      #expect(place.exists("hosts/b/srv/app/current") == (word == "approve"))
      #expect(running.said(running.out).contains("by kim via") && running.said(running.out).contains("looked at it"))
      #expect(try place.lander(word, train).code == 3)
    }
  }

  @Test("follow, wait and logs --follow take a train from its beginning to its end, and say what it waits for in between")
  func watched() throws {
    let place = try place("host:run \"echo hook of $LANDER_HOST\"")
    let running = try place.start(["deploy", "--group", "first,second", "--between", "approve=10m", "--output", "ndjson"])
    try wait(for: "waits for a person", in: running.err)
    let train = try #require(place.word(after: "lander approve ", in: running.said(running.err)))
    let follow = try place.start(["follow", train, "--output", "ndjson"])
    // Only one deployment is open, so the command needs no id.
    let waits = try place.start(["wait", "--json"])
    let logs = try place.start(["logs", train, "--follow"])
    for one in [follow, waits] { try wait(for: "lander approve \(train), or lander reject", in: one.err) }
    try wait(for: "> hook of a", in: logs.out)
    let late = try place.lander("wait", train, "--timeout", "1s")
    #expect(late.code == 22 && late.err.contains("train \(train) has not ended within 1 s"), "\(late.err)")
    let open = try place.lander("status", "--json")
    _ = try result(open.out, "status")
    #expect(open.out.contains(#""trains":[{"train":"\#(train)""#), "\(open.out)")
    #expect(try place.lander("status").out.contains("a person is asked before group \"second\"\n  → lander approve \(train)"))
    #expect(try place.lander("history").err.contains("Open: train \(train) to first, second: a person is asked"))
    #expect(try place.lander("approve", train).code == 0)
    #expect([running, follow, waits, logs].map { $0.wait() } == [0, 0, 0, 0], "\(follow.everything)\(waits.everything)\(logs.everything)")
    let lines = running.said(running.out).split(separator: "\n")
    let followed = follow.said(follow.out).split(separator: "\n")
    #expect(lines.dropLast() == followed.dropLast() && followed.last?.contains(#""command":"follow","kind":"done""#) == true)
    #expect(try result(waits.said(waits.out), "wait")["result"]?["state"]?.text == "done")
    #expect(logs.said(logs.out).contains("> hook of b"))
    let seq = try place.lander("follow", train, "--since-seq", "3")
    #expect(seq.code == 2 && seq.err.contains("name the deployment whose lines you have"), "\(seq.err)")
  }

  @Test("each command that tells of a deployment tells of a train: its groups, and what all of its deployments did")
  func told() throws {
    let place = try place("host:run \"echo hook of $LANDER_HOST; test $LANDER_HOST = a\"")
    #expect(try place.lander("deploy", "--group", "first,second", "--between", "check").code == 10)
    let history = try place.lander("history", "--json")
    let train = try #require(try result(history.out, "history")["result"]?.list.first?["train"]?.text)
    for command in ["follow", "wait", "explain", "report", "show"] {
      let run = try place.lander(command, train, "--json")
      let node = try result(run.out, command)
      #expect(node["result"]?["state"]?.text == "rolled_back", "\(run.out)")
      #expect(run.code == (["follow", "wait"].contains(command) ? 10 : 0))
    }
    let story = try place.lander("explain", train).out
    #expect(story.contains("Group first: succeeded") && story.contains("b failed in ValidateService"), "\(story)")
    let logs = try place.lander("logs", train)
    #expect(logs.code == 0 && logs.out.contains("> hook of a") && logs.out.contains("> hook of b"), "\(logs.out)\(logs.err)")
    _ = try result(try place.lander("logs", train, "--json").out, "logs")
    #expect(try !place.lander("logs", train, "b").out.contains("hook of a"))
    #expect(try place.lander("logs", train, "c").err.contains("train \(train) has no host \"c\""))
    let listed = try place.lander("history", train)
    #expect(
      listed.out.hasPrefix("Train \(train) to first, second: rolled back") && listed.outLines.filter { $0.contains("  app   ") }.count == 2,
      "\(listed.out)")
    let status = try place.lander("status", train).out
    #expect(status.hasPrefix("Train \(train)") && status.contains("app on first") && status.contains("app on second"), "\(status)")
    for command in ["follow", "wait", "logs", "explain", "report", "status", "history", "show"] {
      let run = try place.lander(command, "train-x")
      #expect(run.code == 2 && run.err.contains("there is no train \"train-x\""), "\(command): \(run.err)")
    }
  }

  @Test("hosts that no longer run the release, whole, hold a train up with 12 before the next group", arguments: [true, false])
  func check(isGone: Bool) throws {
    let place = try place()
    let running = try place.start(["deploy", "--group", "first,second", "--between", "approve=10m"])
    try wait(for: "waits for a person", in: running.err)
    let train = try #require(place.word(after: "lander approve ", in: running.said(running.err)))
    if isGone {
      try FileManager.default.removeItem(at: place.folder.appending(path: "hosts/a/srv/app/current"))
    } else {
      try place.write("2\n", to: "hosts/a/srv/app/current/version")
    }
    #expect(try place.lander("approve", train).code == 0)
    #expect(running.wait() == 12, "\(running.everything)")
    #expect(isGone || running.said(running.err).contains("version has another content"), "\(running.everything)")
    #expect(!place.exists("hosts/b/srv/app"))
  }

  @Test("a train whose process was killed in its second group is resumed where it stopped, and history names it until then")
  func killed() throws {
    let place = try place("host:run \"echo >> HERE/$LANDER_HOST.seen; while test -e HERE/$LANDER_HOST.hold; do sleep 0.1; done\"")
    try place.write("", to: "b.hold")
    let running = try place.start(["deploy", "--group", "first,second", "--between", "check"])
    try place.wait(for: "b.seen")
    running.send(SIGKILL)
    #expect(running.wait() == 137)
    #expect(try place.lander("history").err.contains("Open: train train-"))
    let alone = try place.lander("wait")
    #expect(alone.code == 3 && alone.err.contains("no process runs train "), "\(alone.err)")
    try FileManager.default.removeItem(at: place.folder.appending(path: "b.hold"))
    let run = try place.lander("resume", "--json")
    let node = try result(run.out, "resume")
    #expect(run.code == 0 && node["result"]?["state"]?.text == "done", "\(run.out) \(run.err)")
    #expect(try place.text("a.seen") == "\n" && place.text("b.seen") == "\n")
    #expect(try !place.lander("history").err.contains("Open:"))
  }

  @Test("a train whose second group was busy looks at the first group again before it continues")
  func busy() throws {
    let place = try place("host:run \"while test -e HERE/$LANDER_HOST.hold; do sleep 0.1; done\"")
    try place.write("", to: "b.hold")
    let other = try place.start(["deploy", "--group", "second"])
    try place.wait(for: "hosts/b/srv/app/.lander/lock/holder")
    #expect(try place.lander("deploy", "--group", "first,second", "--between", "check").code == 4)
    for file in ["b.hold", "hosts/a/srv/app/current"] { try FileManager.default.removeItem(at: place.folder.appending(path: file)) }
    #expect(other.wait() == 0)
    #expect(try place.lander("resume").code == 12)
  }

  @Test("a train does not bring its older revision to a group that somebody deployed to since, and history does not advise it")
  func overtaken() throws {
    let place = try place("host:run \"echo >> HERE/$LANDER_HOST.seen; while test -e HERE/$LANDER_HOST.hold; do sleep 0.1; done\"")
    try place.write("", to: "a.hold")
    let running = try place.start(["deploy", "--group", "first,second", "--between", "check"])
    try place.wait(for: "a.seen")
    running.send(SIGKILL)
    _ = running.wait()
    try FileManager.default.removeItem(at: place.folder.appending(path: "a.hold"))
    let id = try #require(place.word(after: "Deployment ", in: running.everything))
    // Ids are made from the time in seconds, so the next deployment must begin in another second.
    usleep(1_100_000)
    #expect(try place.lander("resume", id).code == 0)
    try place.write("2\n", to: "app/version")
    let deployed = try place.lander("deploy", "--group", "second")
    let newer = try #require(place.word(after: "app to second, deployment ", in: deployed.out))
    let history = try place.lander("history").err
    #expect(history.contains("deployment \(newer) has reached group \"second\" since") && !history.contains("lander resume"), "\(history)")
    let refused = try place.lander("resume")
    #expect(refused.code == 3 && refused.err.contains("second: deployment \(newer) of "), "\(refused.err)")
    #expect(try place.current("b", "version") == "2\n")
  }
}
