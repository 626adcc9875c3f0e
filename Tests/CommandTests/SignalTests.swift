import Foundation
import Testing

@Suite("Ctrl-C and SIGTERM", .serialized)
struct SignalTests {
  /// A hook that only KILL ends.
  private static let stubborn = """
    on = { ApplicationStop = function(host)
      host:run "trap '' TERM; touch ../../hook; n=0; while [ $n -lt 200 ]; do sleep 0.1; n=$((n+1)); done"
    end },
    """

  @Test(
    "one of them ends a deployment in good order: hosts restored, lock given back, exit code 15",
    arguments: [(SIGINT, "Ctrl-C"), (SIGTERM, "terminated")])
  func cancel(_ signal: Int32, _ name: String) throws {
    let place = try Workplace.project(
      hosts: 1, body: "on = { ApplicationStart = function(host) host:run \"sleep 60\" end },")
    let running = try place.start(["deploy", "--output", "plain"])
    try wait(for: "Install", in: running.err)
    running.send(signal)
    let code = running.wait()
    let said = running.everything
    #expect(code == 15, "\(said)")
    #expect(said.contains("Cancelling (\(name))") && said.contains("Cancelled: app to test"), "\(said)")
    let status = try place.lander("status")
    #expect(status.out.contains("nothing yet") && !status.out.contains("Locked by"), "\(status.out)")
  }

  @Test(
    "a second one leaves the deployment as it is, and prints the command that goes on",
    arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func detach(_ signal: Int32, _ code: Int32) throws {
    let place = try Workplace.project(hosts: 1, body: Self.stubborn)
    #expect(try place.lander("deploy").code == 0)
    try place.write("2\n", to: "app/version")
    let running = try place.start(["deploy", "--output", "plain"])
    try place.wait(for: "hosts/h1/srv/app/hook")
    running.send(signal)
    try wait(for: "Cancelling", in: running.err)
    // Two signals within a moment count as one, because a program that wraps a command often signals it twice.
    usleep(500_000)
    running.send(signal)
    #expect(running.wait() == code, "\(running.everything)")
    let id = try #require(place.word(after: "Deployment ", in: running.said(running.err)))
    #expect(
      running.everything.hasSuffix(
        """

        Left deployment \(id) as it is: commands that run on hosts continue, locks stay until their lease ends.
          → lander resume \(id) resumes it; lander cancel \(id) takes it back

        """), "\(running.everything)")
    #expect(try place.lander("resume").code == 15)
  }

  @Test("while hosts are asked it ends the clients that wait for them", arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func duringSurvey(_ signal: Int32, _ code: Int32) throws {
    let place = try Workplace([
      "app/version": "1\n",
      "deploy.lua": """
      group "test" { hosts = { "slow" } }
      recipe "app" { api = 1, path = "/srv/app", targets = group "test", revision = bundle { from = "app" } }

      """,
    ])
    try place.write("#!/bin/sh\necho $$ >client.new && mv client.new client\nexec sleep 300\n", to: "bin/ssh", mode: 0o755)
    let running = try place.start(["deploy"], ["PATH": "\(place.path)/bin:/usr/bin:/bin"])
    try place.wait(for: "client")
    // The client starts while the bundle is built.
    try wait(for: "Asking 1 host", in: running.err)
    running.send(signal)
    #expect(running.wait() == code)
    // On a busy machine the client starts so late that the command prints that it waits.
    let lines = running.everything.split(separator: "\n", omittingEmptySubsequences: false).filter {
      !$0.hasPrefix("Waiting for 1 of 1 host")
    }
    expectText(
      lines.joined(separator: "\n"),
      """
      Asking 1 host what it runs …
      \(signal == SIGTERM ? "Terminated" : "Interrupted"): ending what runs here. Nothing on a host was changed.

      """)
    try expectEnded("client", in: place)
  }

  @Test("while a command runs everywhere it is ended everywhere", arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func duringExec(_ signal: Int32, _ code: Int32) throws {
    let place = try Workplace.project(hosts: 1)
    let running = try place.start([
      "exec", "test", "--", "echo $$ >\(place.path)/job.new; mv \(place.path)/job.new \(place.path)/job; exec sleep 300",
    ])
    try place.wait(for: "job")
    running.send(signal)
    #expect(running.wait() == code)
    #expect(
      running.everything.hasPrefix("Interrupted: ending the command on every host\nh1 ! `")
        && running.everything.hasSuffix("` was cancelled\n0 of 1 host succeeded; failed: h1\n"), "\(running.everything)")
    try expectEnded("job", in: place)
  }

  @Test("exec: TERM after INT is the same request, and the command is ended everywhere before lander leaves")
  func execByRunner() throws {
    let place = try Workplace.project(hosts: 1)
    let stays = "while :; do sleep 0.2; done"
    let line = "trap '' TERM; echo $$ >\(place.path)/job.new; mv \(place.path)/job.new \(place.path)/job; \(stays)"
    let running = try place.start(["exec", "test", "--", line])
    try place.wait(for: "job")
    running.send(SIGINT)
    usleep(700_000)
    running.send(SIGTERM)
    #expect(running.wait() == 130, "\(running.everything)")
    try expectEnded("job", in: place)
  }

  /// Expects that a process has ended. It may still be a zombie, because its parent may not have read its exit code yet.
  private func expectEnded(_ file: String, in place: Workplace) throws {
    let process = try place.text(file).trimmingCharacters(in: .whitespacesAndNewlines)
    // On a busy machine the kernel removes a killed process a little later.
    var state = ""
    for _ in 0..<100 {
      state = (try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)) ?? ""
      if state.isEmpty || state.contains(") Z") { return }
      usleep(50_000)
    }
    Issue.record("it still runs: \(state)")
  }

  @Test(
    "during a build it ends the build with everything that started, and nothing is left half made",
    arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func duringBuild(_ signal: Int32, _ code: Int32) throws {
    let place = try Workplace.project()
    try place.write(
      try place.text("deploy.lua").replacing("bundle { from = \"app\" }", with: "bundle { from = \"app\", build = \"sh build.sh\" }"),
      to: "deploy.lua")
    try place.write("sleep 300 & echo $! >child.new && mv child.new child\nwait\n", to: "build.sh")
    let running = try place.start(["deploy"])
    try place.wait(for: "child")
    running.send(signal)
    #expect(running.wait() == code)
    expectText(
      running.everything,
      """
      Building: sh build.sh
      \(signal == SIGTERM ? "Terminated" : "Interrupted"): ending what runs here. Nothing on a host was changed.

      """)
    try expectEnded("child", in: place)
    #expect(!place.exists("hosts"))
    #expect(try place.lander("bundle", "list").out == "No bundles yet. lander bundle build makes one.\n")
  }
}
