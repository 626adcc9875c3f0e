import Foundation
import Testing

@Suite("The last line for programs", .serialized)
struct EndLineTests {
  /// Returns the last line of standard output. Expects every line to be one JSON object.
  private func ended(_ out: String, sourceLocation: SourceLocation = #_sourceLocation) throws -> [String: Any] {
    let objects = try out.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], sourceLocation: sourceLocation)
    }
    #expect(objects.filter { $0["type"] as? String == "ended" }.count == 1, "\(out)", sourceLocation: sourceLocation)
    let last = try #require(objects.last, "nothing on standard output", sourceLocation: sourceLocation)
    #expect(last["type"] as? String == "ended", "\(out)", sourceLocation: sourceLocation)
    return last
  }

  private func expect(
    _ run: Workplace.Run, _ code: Int32, _ kind: String, cause: String? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let last = try ended(run.out, sourceLocation: sourceLocation)
    #expect(run.code == code && last["exit"] as? Int == Int(code), "\(run.err)\(run.out)", sourceLocation: sourceLocation)
    #expect(last["kind"] as? String == kind, "\(run.out)", sourceLocation: sourceLocation)
    if let cause { #expect((last["message"] as? String)?.contains(cause) ?? false, "\(run.out)", sourceLocation: sourceLocation) }
  }

  @Test("bad input writes it too, with every problem and its fix", arguments: ["deploy", "rollback"])
  func usage(_ command: String) throws {
    let place = try Workplace.project()
    let run = try place.lander(command, "--output", "ndjson", "--group", "tset")
    try expect(run, 2, "usage", cause: "there is no group \"tset\"")
    let problems = try #require(try ended(run.out)["problems"] as? [[String: Any]])
    #expect((problems.first?["fix"] as? String)?.hasPrefix("did you mean") ?? false, "\(run.out)")
    #expect(run.outLines.count == 1)
  }

  @Test("so do an option that does not exist, a folder without a project, and nothing to resume or cancel")
  func arguments() throws {
    let place = try Workplace.project()
    try expect(try place.lander("resume", "--output=ndjson", "--nope"), 2, "usage")
    try expect(try Workplace().lander("deploy", "--output=ndjson"), 2, "usage", cause: "there is no deploy.lua")
    #expect(try place.lander("deploy").code == 0)
    for command in ["resume", "cancel"] {
      try expect(try place.lander(command, "--output", "ndjson"), 2, "usage", cause: "no deployment made from here is open")
      try expect(try place.lander(command, "last", "--output", "ndjson"), 0, "done", cause: "has ended already: succeeded")
    }
    try expect(try place.lander("rollback", "--output", "ndjson"), 3, "refused")
  }

  @Test("help is one object too, if a program reads it")
  func help() throws {
    let run = try Workplace().lander("deploy", "--help", "--json")
    let last = try ended(run.out)
    let text = try #require((last["result"] as? [String: Any])?["text"] as? [String], "\(run.out)")
    #expect(run.code == 0 && last["command"] as? String == "deploy" && text.joined().contains("USAGE: lander deploy"), "\(text)")
    #expect((last["problems"] as? [Any])?.isEmpty == true)
  }

  @Test("so does an unreachable host before the start")
  func unreachable() throws {
    let place = try Workplace([
      "app/version": "1\n",
      "deploy.lua": """
      group "test" { hosts = { "gone" } }
      recipe "app" { api = 1, path = "/srv/app", targets = group "test", revision = bundle { from = "app" } }

      """,
    ])
    try place.write("#!/bin/sh\necho 'gone: No route to host' >&2\nexit 255\n", to: "bin/ssh", mode: 0o755)
    let run = try place.run(["deploy", "--output", "ndjson"], ["PATH": "\(place.path)/bin:/usr/bin:/bin"])
    try expect(run, 20, "unreachable", cause: "no route")
  }

  @Test("a deployment's stream ends with it, whether it came through, failed, or was locked out")
  func deployments() throws {
    let place = try WayBack.project()
    try place.write("1\n", to: "app/version")
    try expect(try place.lander("deploy", "--output", "ndjson"), 0, "done")
    try place.write("2\n", to: "app/version")
    let failed = try place.lander("deploy", "--output", "ndjson")
    try expect(failed, 10, "rolled_back", cause: "exited with 1")
    let last = try ended(failed.out)
    #expect(last["deployment"] is String && last["rollback"] is String, "\(last)")
    try place.write("", to: "hosts/h2/srv/app/hang")
    let running = try place.start(["deploy", "--output", "ndjson"])
    try place.wait(for: "hosts/h2/srv/app/hook")
    try expect(try place.lander("deploy", "--output", "ndjson"), 4, "locked", cause: "lock")
    let cancelled = try place.lander("cancel", "--output", "ndjson")
    try expect(cancelled, 0, "done")
    #expect(running.wait() == 15)
    #expect(try ended(running.said(running.out))["kind"] as? String == "cancelled")
  }

  @Test("so does what a signal ends before it begins, and what a second one leaves")
  func signals() throws {
    let place = try Workplace.project(hosts: 1)
    let recipe = try place.text("deploy.lua")
    let building = recipe.replacing("bundle { from = \"app\" }", with: "bundle { from = \"app\", build = \"sh build.sh\" }")
    try place.write(building, to: "deploy.lua")
    try place.write("touch building; sleep 300\n", to: "build.sh")
    let running = try place.start(["deploy", "--output", "ndjson"])
    try place.wait(for: "building")
    running.send(SIGTERM)
    #expect(running.wait() == 143)
    #expect(try ended(running.said(running.out))["kind"] as? String == "terminated")
    let other = try WayBack.project()
    let rolling = try WayBack.begin(other, ["--output", "ndjson"])
    rolling.send(SIGINT)
    usleep(600_000)
    rolling.send(SIGINT)
    #expect(rolling.wait() == 130)
    let last = try ended(rolling.said(rolling.out))
    #expect(last["kind"] as? String == "interrupted" && (last["message"] as? String)?.contains("half way") ?? false, "\(last)")
  }

  @Test("where a document was asked for and cannot be made, an object says why", arguments: ["status", "hosts", "list"])
  func documents(_ command: String) throws {
    try expect(try Workplace().lander(command, "--json"), 2, "usage", cause: "there is no deploy.lua")
  }
}
