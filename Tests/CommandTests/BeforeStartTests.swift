import Foundation
import Testing

/// Deployments that are refused after Lander has surveyed the hosts and before it changes them.
@Suite("Refused before the start", .serialized)
struct BeforeStartTests {
  @Test("shared files that are missing on a first deployment, on all hosts at once, with the commands that bring them")
  func sharedFiles() throws {
    let place = try Workplace.project(body: "shared = { \"config/local.env\", \"config/it's.key\", \"secret.key\", \"log/\" },")
    let run = try place.lander("deploy")
    func lines(_ host: String) -> String {
      let path = "HERE/hosts/\(host)/srv/app/shared"
      return """
        \(host): shared files are not there yet: \(path)/config/local.env, \(path)/config/it's.key, \(path)/secret.key
          → mkdir -p \(path)/config && cp config/local.env 'config/it'\\''s.key' \(path)/config/
            mkdir -p \(path) && cp secret.key \(path)/

        """
    }
    expectText(
      place.relative(run.err),
      "Asking 2 hosts what they run …\n" + lines("h1") + lines("h2") + "\n2 problems; nothing was started.\n")
    #expect(run.code == 21 && run.out == "" && !place.exists("hosts"))
    for host in ["h1", "h2"] {
      for file in ["config/local.env", "config/it's.key", "secret.key"] {
        try place.write("x\n", to: "hosts/\(host)/srv/app/shared/\(file)")
      }
    }
    #expect(try place.lander("deploy").code == 0)
    #expect(try place.current("h1", "config/local.env") == "x\n")
  }

  @Test("a second rollback never goes forward again: it says that there is nothing older, and how to go where one wants")
  func rollbackTwice() throws {
    let place = try Workplace.project(hosts: 1)
    #expect(try place.lander("deploy").code == 0)
    try place.write("2\n", to: "app/version")
    let second = try place.lander("deploy")
    let id = try #require(place.word(after: "deployment ", in: second.out))
    #expect(try place.lander("rollback").code == 0)
    #expect(try place.current("h1", "version") == "1\n")
    let text = """
      Asking 1 host what it runs …
      h1: it went back already: what it ran before was deployment \(id), which was taken back, and it remembers nothing good before that
        → lander deploy app --revision bundle:DIGEST deploys one of lander bundle list; lander status says what runs

      """
    let again = try place.lander("rollback")
    // On a busy machine the host may answer late, and then the command prints one more line.
    let said = again.err.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.hasPrefix("Waiting for 1 of 1 host") }
    expectText(said.joined(separator: "\n"), text)
    #expect(again.code == 3 && again.out == "")
    #expect(try place.current("h1", "version") == "1\n")
    // A release that was rolled back stays bad, also after the current release is deployed once more.
    try place.write("1\n", to: "app/version")
    #expect(try place.lander("deploy", "--force").code == 0)
    expectText(try place.lander("rollback").err, text)
  }

  @Test("after a kill of the engine deploy names the way on first, and unlock needs no --force because the holder is known to be gone")
  func deadEngine() throws {
    let place = try Workplace.project(
      hosts: 1,
      body: #"on = { ApplicationStart = function(host) host:run "touch ../../hook; while test ! -e ../../go; do sleep 0.1; done" end },"#)
    let running = try place.start(["deploy", "--output", "plain"])
    try place.wait(for: "hosts/h1/srv/app/hook")
    running.send(SIGKILL)
    _ = running.wait()
    let id = try #require(place.word(after: "Deployment ", in: running.said(running.err)))
    let text = """
      Asking 1 host what it runs …
      deployment \(id) was interrupted and still holds the lock: the process that ran it on this machine is gone
        → lander resume \(id) resumes it, lander cancel \(id) takes it back
          lander unlock test gives the lock back and leaves the hosts as they are

      """
    for command in ["deploy", "rollback"] {
      let refused = try place.lander(command)
      expectText(refused.err, text)
      #expect(refused.code == 4 && refused.out == "")
    }
    // Another machine cannot tell whether the process is alive, so it decides by the lease.
    let holder = try place.text("hosts/h1/srv/app/.lander/lock/holder")
    try place.write(
      holder.split(separator: "\n").prefix(3).joined(separator: "\n") + "\n", to: "hosts/h1/srv/app/.lander/lock/holder")
    let stranger = try place.lander("unlock", "--yes", "--state", "other")
    #expect(stranger.code == 4 && stranger.err.contains("still lives"), "\(stranger.err)")
    let unlock = try place.lander("unlock", "--yes")
    #expect(
      unlock.out.hasSuffix(
        """

        Deployment \(id) was interrupted: the process that ran it on this machine is gone.
          → instead of unlocking: lander resume \(id) resumes it, lander cancel \(id) takes it back
        h1: unlocked

        """), "\(unlock.out)")
    #expect(unlock.code == 0 && unlock.err == "")
    try place.write("", to: "hosts/h1/srv/app/go")
    #expect(try place.lander("deploy").code == 0)
  }

  @Test("an upload that is cancelled leaves hosts as they were, and says so")
  func cancelledUpload() throws {
    let place = try Workplace.project(hosts: 2)
    #expect(try place.lander("deploy").code == 0)
    // A `sha256sum` that makes verifying slow on the hosts.
    try place.write("#!/bin/sh\ntouch \(place.path)/sending\nsleep 60\n", to: "bin/sha256sum", mode: 0o755)
    try place.write("2\n", to: "app/version")
    let running = try place.start(["deploy", "--output", "plain"], ["PATH": "\(place.path)/bin:/usr/bin:/bin"])
    try place.wait(for: "sending")
    running.send(SIGINT)
    let code = running.wait()
    #expect(code == 15, "\(running.everything)")
    let said = running.said(running.out)
    #expect(said.contains("  Hosts   2 not changed\n") && said.contains("  No host was changed.\n"), "\(running.everything)")
    #expect(!said.contains("restored") && !said.contains("Causes"), "\(said)")
    #expect(try place.current("h1", "version") == "1\n")
  }

  @Test("a state folder that cannot hold the deployment begins nothing, and no deployment is named that nobody could resume")
  func unwritable() throws {
    let place = try Workplace.project()
    for name in ["claims", "here"] {
      try place.write("", to: ".lander/\(name)")
      let run = try place.lander("deploy")
      #expect(run.code != 0 && run.err.contains("nothing has begun: "), "\(name): \(run.everything)")
      #expect(!run.everything.contains("lander resume"), "\(name): \(run.everything)")
      #expect(try place.lander("history").out.contains("No deployments yet"))
      try FileManager.default.removeItem(atPath: "\(place.path)/.lander/\(name)")
    }
    #expect(try place.lander("deploy").code == 0)
  }
}
