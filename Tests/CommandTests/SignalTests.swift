import Foundation
import Testing

@Suite("Ctrl-C and SIGTERM", .serialized)
struct SignalTests {
  /// A hook that stays until it is killed for good.
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
    // Two signals in one moment are one wish: who wraps a command often signals it twice.
    usleep(500_000)
    running.send(signal)
    #expect(running.wait() == code, "\(running.everything)")
    let id = try #require(place.word(after: "Deployment ", in: running.said(running.err)))
    #expect(
      running.everything.hasSuffix(
        """

        Left deployment \(id) as it is: commands that run on hosts go on, locks stay until their lease ends.
          → lander resume \(id) goes on with it; lander cancel \(id) takes it back

        """), "\(running.everything)")
    #expect(try place.lander("resume").code == 15)
  }

  @Test(
    "during a build it ends the build with everything that started, and nothing is left half made",
    arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
  func duringBuild(_ signal: Int32, _ code: Int32) throws {
    let place = try Workplace.project()
    try place.write(
      try place.text("deploy.lua").replacing("bundle { from = \"app\" }", with: "bundle { from = \"app\", build = \"sh build.sh\" }"),
      to: "deploy.lua")
    try place.write("sleep 300 & echo $! > child\nwait\n", to: "build.sh")
    let running = try place.start(["deploy"])
    try place.wait(for: "child")
    let child = try #require(pid_t(try place.text("child").trimmingCharacters(in: .whitespacesAndNewlines)))
    running.send(signal)
    #expect(running.wait() == code)
    expectText(
      running.everything,
      """
      Building: sh build.sh
      \(signal == SIGTERM ? "Terminated" : "Interrupted"): ending what runs here. Nothing on a host was changed.

      """)
    // Ended; whoever inherits it may not have buried it yet.
    let state = (try? String(contentsOfFile: "/proc/\(child)/stat", encoding: .utf8)) ?? ""
    #expect(state.isEmpty || state.contains(") Z"), "what the build started still runs: \(state)")
    #expect(!place.exists("hosts"))
    #expect(try place.lander("bundle", "list").out == "No bundles yet. lander bundle build makes one.\n")
  }
}
