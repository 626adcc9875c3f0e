import Foundation
import SchemaCheck
import Testing

@Suite("Following a deployment from another shell", .serialized)
struct FollowCommandTests {
  private static let body = """
    on = { ApplicationStart = function(host)
      host:run "echo begun; touch ../../started; while [ ! -e ../../go ]; do sleep 0.05; done; echo over; [ ! -e ../../bad ]"
    end },
    """

  @Test("follow, wait and logs --follow end with the deployment; follow has each line that deploy has, also from a seq on")
  func follow() throws {
    let place = try Workplace.project(hosts: 1, body: Self.body)
    let running = try place.start(["deploy", "--output", "ndjson"])
    try place.wait(for: "hosts/h1/srv/app/started")
    let short = try place.lander("wait", "--timeout", "1s", "--json")
    #expect(short.code == 22 && short.out.contains(#""kind":"detached""#) && short.out.contains("has not ended within 1 s"), "\(short.out)")
    let follow = try place.start(["follow", "--output", "ndjson"])
    let wait = try place.start(["wait", "last"])
    let logs = try place.start(["logs", "--follow"])
    try CommandTests.wait(for: "> begun", in: logs.out)
    try CommandTests.wait(for: "0 of 1 host done; h1 ApplicationStart", in: wait.err)
    try place.write("", to: "hosts/h1/srv/app/go")
    #expect([running, follow, wait, logs].map { $0.wait() } == [0, 0, 0, 0], "\(follow.everything)\(wait.everything)\(logs.everything)")
    let lines = running.said(running.out).split(separator: "\n")
    let followed = follow.said(follow.out).split(separator: "\n")
    #expect(followed.dropLast() == lines.dropLast() && followed.last?.contains(#""command":"follow","kind":"done","exit":0"#) == true)
    #expect(wait.said(wait.out).hasPrefix("Succeeded: app to test"), "\(wait.everything)")
    let log = logs.said(logs.out)
    #expect(log.contains("h1  > over\n") && log.contains("h1  ApplicationStart  exit status 0, "), "\(log)")
    let rest = try place.lander("follow", "last", "--since-seq", "4", "--output", "ndjson").out.split(separator: "\n")
    #expect(rest.dropLast() == lines.dropFirst(5).dropLast())
    let plain = try place.lander("follow", "last", "--output", "plain")
    #expect(plain.code == 0 && plain.err.contains("h1  ApplicationStart    done in ") && plain.out.hasPrefix("Succeeded"), "\(plain.err)")
  }

  @Test("wait exits as a deployment that failed, and Ctrl-C stops waiting only")
  func failed() throws {
    let place = try Workplace.project(hosts: 1, body: Self.body)
    try place.write("", to: "hosts/h1/srv/app/bad")
    let running = try place.start(["deploy", "--output", "plain"])
    try place.wait(for: "hosts/h1/srv/app/started")
    let waits = try place.start(["wait"])
    try CommandTests.wait(for: "Waiting for deployment ", in: waits.err)
    waits.send(SIGINT)
    #expect(waits.wait() == 130 && waits.everything.contains("stopped waiting for deployment "), "\(waits.everything)")
    #expect(waits.everything.contains("which continues\n  → lander wait "), "\(waits.everything)")
    let wait = try place.start(["wait", "--json"])
    try CommandTests.wait(for: "Waiting for deployment ", in: wait.err)
    let pause = try place.lander("pause", "--message", "I look", "--actor", "kim", "--json")
    let said = try Node(pause.out)
    #expect(try Schema("docs/schemas/result.schema.json").faults(of: try #require(said["result"]), as: "pause").isEmpty, "\(pause.out)")
    try CommandTests.wait(for: "It is paused by kim via ", in: wait.err)
    #expect(try place.lander("resume").code == 0)
    try place.write("", to: "hosts/h1/srv/app/go")
    #expect(running.wait() == 10 && wait.wait() == 10, "\(running.everything)\(wait.everything)")
    #expect(wait.said(wait.out).contains(#""cause":"release""#), "\(wait.everything)")
  }
}
