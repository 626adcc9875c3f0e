import Foundation
import Testing

/// What any checkout can read from the hosts.
@Suite("What a fresh checkout sees", .serialized)
struct RememberedTests {
  @Test("a host that could not be taken back says so to every checkout, until a deployment or a rollback succeeds there")
  func failedRestore() throws {
    let place = try Workplace.project(
      hosts: 1, body: #"on = { ApplicationStart = function(host) host:run "test ! -e ../../sick" end },"#)
    #expect(try place.lander("deploy").code == 0)
    try place.write("2\n", to: "app/version")
    try place.write("", to: "hosts/h1/srv/app/sick")
    let failed = try place.lander("deploy")
    #expect(failed.code == 11, "\(failed.err)\(failed.out)")
    for state in [[], ["--state", "other"]] {
      let status = try place.run(["status"] + state)
      #expect(status.out.components(separatedBy: "failed and could not take it back").count == 2, "once: \(status.out)")
      #expect(status.out.contains("test ! -e ../../sick") && status.out.contains("  → "), "\(status.out)")
    }
    for words in [["hosts", "--state", "other"], ["audit"]] {
      let other = try place.run(words)
      #expect(other.out.contains("could not take it back"), "\(words): \(other.out)\(other.err)")
    }
    let json = try place.lander("status", "--json", "--state", "other")
    #expect(json.out.contains("could not take it back"), "\(json.out)")
    try FileManager.default.removeItem(atPath: place.path + "/hosts/h1/srv/app/sick")
    // The host runs the release of the right receipt, but that release was never started again.
    try place.write("1\n", to: "app/version")
    let again = try place.lander("deploy", "--state", "other")
    #expect(again.code == 0 && !again.out.contains("Nothing to do"), "\(again.err)\(again.out)")
    for state in [[], ["--state", "other"]] { #expect(try !place.run(["status"] + state).out.contains("could not take it back")) }
    #expect(try place.lander("deploy", "--state", "other").out.hasPrefix("Nothing to do"))
  }

  @Test("status says that it did not compare what files hold, and what does")
  func edited() throws {
    let place = try Workplace.project(hosts: 1)
    #expect(try !place.lander("status").out.contains("Compared"), "nothing runs yet")
    #expect(try place.lander("deploy").code == 0)
    try place.write("edited\n", to: "hosts/h1/srv/app/current/version")
    let status = try place.lander("status")
    #expect(
      status.out.hasSuffix(
        "\nCompared: links, folders, the number of files, owners and permission bits. Not compared: what files hold; "
          + "lander verify does.\n"),
      "\(status.out)")
    #expect(try place.lander("status", "--json").out.contains("\"compared\":[\"links\",\"folders\",\"counts\",\"owners\",\"modes\"]"))
    let verify = try place.lander("verify")
    #expect(verify.code == 3 && verify.out.contains("version  has another content"), "\(verify.out)")
  }

  @Test("while one application deploys to a folder for the first time, another is refused by name and touches nothing")
  func twoApplications() throws {
    let place = try Workplace.project(
      hosts: 1,
      body: #"on = { BeforeInstall = function(host) host:run "touch ../../hook; while test ! -e ../../go; do sleep 0.1; done" end },"#)
    let other = try Workplace(["app/version": "9\n"])
    try other.write(try place.text("deploy.lua").replacing("recipe \"app\"", with: "recipe \"api\""), to: "deploy.lua")
    let first = try place.start(["deploy", "--output", "plain"])
    try place.wait(for: "hosts/h1/srv/app/.lander/lock/holder")
    for command in ["deploy", "rollback"] {
      let refused = try other.lander(command)
      #expect(refused.code == 3, "\(refused.err)\(refused.out)")
      #expect(
        refused.err.contains("is locked by application \"app\" to test (deploy app of app to test, deployment ")
          && refused.err.contains("and this is \"api\"\n  → give this recipe a path of its own"), "\(refused.err)")
    }
    first.send(SIGKILL)
    _ = first.wait()
    let late = try other.lander("deploy")
    #expect(late.code == 3 && late.err.contains("is locked by application \"app\"") && !late.err.contains("taking it over"), "\(late.err)")
    try place.write("", to: "hosts/h1/srv/app/go")
    #expect(try place.lander("cancel").code == 0)
  }

  @Test("rollback asks the hosts for the users of its commands before it takes a lock, as deploy does", .enabled(if: geteuid() == 0))
  func users() throws {
    let place = try Workplace.project(
      hosts: 1, body: #"on = { ApplicationStart = function(host) host:run("true", { user = "daemon" }) end },"#)
    try place.write(
      "#!/bin/sh\n[ \"$1\" = daemon ] && [ -e '\(place.path)/away' ] && exit 1\nexec /usr/bin/id \"$@\"\n", to: "bin/id", mode: 0o755)
    let path = ["PATH": "\(place.path)/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]
    for version in ["1\n", "2\n"] {
      try place.write(version, to: "app/version")
      let run = try place.run(["deploy"], path)
      #expect(run.code == 0, "\(run.err)\(run.out)")
    }
    try place.write("", to: "away")
    try place.write("3\n", to: "app/version")
    for command in ["deploy", "rollback"] {
      let refused = try place.run([command], path)
      #expect(refused.code == 21, "\(refused.err)\(refused.out)")
      #expect(refused.err.contains("h1: there is no user daemon on this host\n  → create the user, or change 'user'\n"), "\(refused.err)")
      #expect(!place.exists("hosts/h1/srv/app/.lander/lock"))
    }
    #expect(try place.current("h1", "version") == "2\n")
    try FileManager.default.removeItem(atPath: place.path + "/away")
    let back = try place.run(["rollback"], path)
    #expect(back.code == 0, "\(back.err)\(back.out)")
    #expect(try place.current("h1", "version") == "1\n")
  }
}
