import Foundation
import Testing

/// Hosts that cannot be deployed to: Lander names them, with the cause and the next step, before it changes any host.
@Suite("What bad hosts get")
struct BadHostTests {
  private func project(hosts: String) throws -> Workplace {
    try Workplace([
      "app/version": "1\n",
      "deploy.lua": """
      group "test" { hosts = { \(hosts) } }
      recipe "app" { api = 1, path = "/srv/app", targets = group "test", revision = bundle { from = "app" } }

      """,
    ])
  }

  @Test("unreachable hosts, all at once, with exit code 20")
  func unreachable() throws {
    try refused(
      project(hosts: #"host "gone" { address = "127.0.0.1", port = 1 }, host "nowhere" { address = "nowhere.invalid" }"#), ["deploy"],
      """
      Asking 2 hosts what they run …
      gone: the connection was refused: no sshd listens there (tried 3 times)
        → is sshd running, on that port?
      nowhere: its name is not resolved
        → is the name right? give the host an address, or a Host entry in ssh_config

      2 problems; nothing was started.

      """, code: 20)
  }

  /// Uses a script as the `ssh` client, which prints OpenSSH's messages and has its exit codes.
  @Test("an unknown host key, and one that is not the known one")
  func hostKeys() throws {
    let place = try project(
      hosts: #"host "new" { address = "10.0.0.1", user = "deploy" }, host "old" { address = "10.0.0.2", port = 2222 }"#)
    try place.write(
      """
      #!/bin/sh
      case "$*" in
      *10.0.0.1*) echo "No ED25519 host key is known for 10.0.0.1 and you have requested strict checking." ;;
      *)
        echo "@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @"
        echo "Host key for [10.0.0.2]:2222 has changed and you have requested strict checking."
        ;;
      esac >&2
      echo "Host key verification failed." >&2
      exit 255

      """, to: "bin/ssh", mode: 0o755)
    try refused(
      place, ["deploy"],
      """
      Asking 2 hosts what they run …
      new: its host key is not known here
        → compare the fingerprint and accept it once by hand: ssh -l deploy 10.0.0.1
      old: its host key is not the one that is known
        → if the machine was really replaced: ssh-keygen -R '[10.0.0.2]:2222', then connect once by hand: ssh -p 2222 10.0.0.2

      2 problems; nothing was started.

      """, code: 20, environment: ["PATH": "\(place.path)/bin:/usr/bin:/bin"])
  }

  @Test("a tool that a host does not have")
  func missingTool() throws {
    let place = try Workplace.project(hosts: 1)
    try FileManager.default.createDirectory(at: place.folder.appending(path: "bin"), withIntermediateDirectories: true)
    for folder in ["/usr/bin", "/bin"] {
      for name in try FileManager.default.contentsOfDirectory(atPath: folder) where name != "xargs" && name != "cmp" {
        symlink("\(folder)/\(name)", "\(place.path)/bin/\(name)")
      }
    }
    try refused(
      place, ["deploy"],
      """
      Asking 1 host what it runs …
      h1: these tools are not on the host: xargs, cmp
        → install them there (coreutils, findutils, tar, gzip, util-linux, or busybox 1.35)

      """, code: 21, environment: ["PATH": "\(place.path)/bin"])
  }

  @Test("a path below a file")
  func unwritable() throws {
    let place = try Workplace.project(hosts: 1)
    try place.write(try place.text("deploy.lua").replacing("/hosts/h1", with: "/app/version"), to: "deploy.lua")
    try refused(
      place, ["deploy"],
      """
      Asking 1 host what it runs …
      h1: HERE/app/version is no folder, and a folder belongs there
        → look at it, then on the host: mv HERE/app/version HERE/app/version.found

      """, code: 21)
    // The host answers, so the commands print what is known about it.
    let hosts = try place.lander("hosts")
    #expect(hosts.code == 21 && hosts.out.contains("nothing can be changed there: \(place.path)/app/version is no folder"), "\(hosts.out)")
    let status = try place.lander("status")
    #expect(status.code == 21 && status.out.contains("nothing yet") && status.out.contains("is no folder"), "\(status.out)\(status.err)")
  }

  @Test("a lock that somebody else holds, with who and why")
  func locked() throws {
    let place = try Workplace.project(
      hosts: 1, body: "on = { ApplicationStart = function(host) host:run \"touch ../../hook; sleep 60\" end },")
    let running = try place.start(["deploy", "--output", "plain"])
    try place.wait(for: "hosts/h1/srv/app/hook")
    let id = try #require(place.word(after: "Deployment ", in: running.said(running.err)))
    let other = try place.lander("deploy", "--state", "other", "--output", "plain")
    let own = try #require(place.word(after: "Deployment ", in: other.err))
    let owner = try #require(place.word(after: "what ", in: other.out))
    let held = try #require(other.out.firstMatch(of: #/has held the lock for (.*?): /#)?.output.1)
    let left = try #require(other.out.firstMatch(of: #/the lock is free in (\d+) s/#)?.output.1)
    #expect(other.code == 4 && owner.contains("@"))
    expectText(
      other.out,
      """
      Refused: app to test, deployment \(own). Nothing was changed.
        Hosts   1 not started

        First failure
          h1: \(owner) has held the lock for \(held): deploy app of app to test
          → wait for deployment \(id), as --on-busy wait does; if its engine is gone, the lock is free in \(left) s

        Next
          lander status       what \(owner) is doing (deploy app of app to test, \(id))
          lander unlock test  explains the holder first; only if it is gone

      """)
    // A removal does not wait in the queue, so the message does not offer `--on-busy`.
    let removal = try place.lander("remove", "--yes", "--state", "other", "--json")
    #expect(removal.code == 4 && !removal.out.contains("--on-busy"), "\(removal.out)")
    #expect(removal.out.contains("or end it: lander cancel \(id)"), "\(removal.out)")
    let cancelled = try place.lander("cancel")
    #expect(cancelled.code == 0, "\(cancelled.err)\(cancelled.out)")
    #expect(running.wait() == 15, "\(running.everything)")
  }
}
