import Foundation
import Testing

@Suite("What hosts really have, at the command line", .serialized)
struct TruthTests {
  private func deployed(hosts: Int = 1, body: String = "") throws -> Workplace {
    let place = try Workplace.project(hosts: hosts, body: body)
    let run = try place.lander("deploy")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    return place
  }

  /// Returns the path of the current release of h1.
  private func release(_ place: Workplace) throws -> String {
    let app = place.path + "/hosts/h1/srv/app"
    return app + "/" + (try FileManager.default.destinationOfSymbolicLink(atPath: app + "/current"))
  }

  @Test("a release whose folder was removed is deployed again, not \"Nothing to do\", and every command notices it before")
  func folderGone() throws {
    let place = try deployed(hosts: 2, body: #"on = { ApplicationStop = function(host) host:run "false" end },"#)
    try FileManager.default.removeItem(atPath: try release(place))
    for words in [["status"], ["hosts"], ["audit"], ["doctor", "--connect"]] {
      let run = try place.run(words)
      #expect(run.out.contains("its folder is gone"), "\(words): \(run.out)\(run.err)")
      if words[0] == "audit" { #expect(run.code == 3) }
      if words[0] == "doctor" { #expect(run.code == 2) }
    }
    let plan = try place.lander("plan", "--connect")
    #expect(plan.out.contains("nothing (release ") && plan.out.contains("1 unchanged"), "\(plan.out)\(plan.err)")
    let run = try place.lander("deploy", "--output", "plain")
    #expect(run.code == 0 && run.out.contains("1 succeeded · 1 unchanged"), "\(run.err)\(run.out)")
    #expect(run.err.contains("which ran here, is gone from the host"), "the stop hook is skipped with a warning: \(run.err)")
    #expect(try place.current("h1", "version") == "1\n")
    #expect(try place.lander("deploy").out.hasPrefix("Nothing to do: "))
  }

  @Test("a file that was removed from the current release is noticed and brought back by deploying the same again")
  func fileGone() throws {
    let place = try deployed(body: #"on = { AfterInstall = function(host) host:run "echo cache >cache" end },"#)
    try FileManager.default.removeItem(atPath: try release(place) + "/version")
    let status = try place.lander("status")
    #expect(status.out.contains("1 of its 2 entries is missing"), "\(status.out)")
    let json = try place.lander("status", "--json")
    #expect(json.out.contains("\"drift\":[\"release "), "\(json.out)")
    let run = try place.lander("deploy")
    #expect(run.code == 0 && run.out.contains("1 succeeded"), "\(run.err)\(run.out)")
    #expect(try place.current("h1", "version") == "1\n")
    #expect(try !place.lander("status").out.contains("missing"))
  }

  @Test("a file that was edited in place is found by verify, by name, and sent again by --force")
  func fileEdited() throws {
    let place = try deployed()
    let good = try place.lander("verify")
    #expect(good.code == 0 && good.out.contains("h1: release ") && good.out.contains("is as it was delivered"), "\(good.out)\(good.err)")
    try "hacked\n".write(toFile: try release(place) + "/version", atomically: false, encoding: .utf8)
    try "more\n".write(toFile: try release(place) + "/cache", atomically: false, encoding: .utf8)
    let bad = try place.lander("verify", "app", "--group", "test", "--only", "h*")
    #expect(bad.code == 3 && bad.out.contains("version  has another content"), "\(bad.out)\(bad.err)")
    #expect(bad.out.contains("lander deploy app --group test --only h1 --force"), "\(bad.out)")
    let json = try place.lander("verify", "--json")
    let value = try #require(try JSONSerialization.jsonObject(with: Data(json.out.utf8)) as? [String: Any])
    let host = try #require(((value["result"] as? [[String: Any]])?.first?["hosts"] as? [[String: Any]])?.first)
    #expect(json.code == 3 && host["host"] as? String == "h1" && host["whole"] as? Bool == false, "\(json.out)")
    #expect((host["deviations"] as? [[String: Any]])?.map { $0["path"] as? String } == ["version", "cache"], "\(json.out)")
    let run = try place.lander("deploy", "--force")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    #expect(try place.current("h1", "version") == "1\n" && place.current("h1", "cache") == "more\n")
    let again = try place.lander("verify")
    #expect(again.code == 0 && again.out.contains("1 more entry was not delivered"), "\(again.out)")
  }

  @Test("after a deployment onto a damaged release has failed nobody is told to link it")
  func adviceAfterFailure() throws {
    let place = try deployed(body: #"on = { ApplicationStart = function(host) host:run "test ! -e ../../sick" end },"#)
    try FileManager.default.removeItem(atPath: try release(place) + "/version")
    try place.write("", to: "hosts/h1/srv/app/sick")
    let run = try place.lander("deploy", "--force")
    #expect(run.code == 11 && !run.out.contains("ln -s"), "\(run.err)\(run.out)")
    let status = try place.lander("status")
    #expect(status.out.contains("failed and could not take it back"), "\(status.out)")
    try FileManager.default.removeItem(atPath: place.path + "/hosts/h1/srv/app/sick")
    #expect(try place.lander("deploy", "--force").code == 0)
    #expect(try !place.lander("status").out.contains("could not take it back"))
  }

  /// Returns a project whose host was deployed to by Capistrano.
  private func adopted(body: String = "") throws -> Workplace {
    let place = try Workplace.project(hosts: 1, body: body)
    let app = place.path + "/hosts/h1/srv/app"
    try place.write("old\n", to: "hosts/h1/srv/app/releases/20240101120000/version")
    try FileManager.default.createSymbolicLink(atPath: app + "/current", withDestinationPath: app + "/releases/20240101120000")
    return place
  }

  @Test("a first deployment over another tool's link that fails puts the link back as it was, in the host and in the group")
  func foreignFails() throws {
    for body in [
      #"on = { ApplicationStart = function(host) host:run "false" end },"#,
      #"stages = { stage.upload, stage.rollout {}, stage "late" { run = function() here:run "false" end } },"#,
    ] {
      let place = try adopted(body: body)
      let plan = try place.lander("plan", "--connect")
      #expect(plan.out.contains("foreign release ") && plan.out.contains("/releases/20240101120000 → "), "\(plan.out)\(plan.err)")
      let run = try place.lander("deploy")
      #expect(run.code == 10, "\(run.err)\(run.out)")
      let link = try FileManager.default.destinationOfSymbolicLink(atPath: place.path + "/hosts/h1/srv/app/current")
      #expect(link == place.path + "/hosts/h1/srv/app/releases/20240101120000")
      #expect(try place.current("h1", "version") == "old\n")
      let status = try place.lander("status")
      #expect(status.out.contains("not lander's") && !status.out.contains("receipt says"), "\(status.out)")
    }
  }

  @Test("taking over from another tool is a normal first day: deployed, again, changed, back, and its releases stay")
  func adoption() throws {
    let place = try adopted(body: "keep = 1,")
    #expect(try place.lander("deploy").code == 0)
    #expect(try place.current("h1", "version") == "1\n")
    #expect(try place.lander("deploy").out.hasPrefix("Nothing to do: "))
    for version in ["2\n", "3\n"] {
      try place.write(version, to: "app/version")
      #expect(try place.lander("deploy").code == 0)
    }
    #expect(try place.lander("rollback").code == 0)
    #expect(try place.current("h1", "version") == "2\n")
    #expect(try place.text("hosts/h1/srv/app/releases/20240101120000/version") == "old\n")
  }

  @Test("a current that is a folder or a file is refused before anything starts, on all hosts at once, with what to type")
  func obstacles() throws {
    let place = try Workplace.project(
      hosts: 3, body: #"on = { BeforeInstall = function(host) host:run "touch ../../begun" end },"#)
    try place.write("x\n", to: "hosts/h1/srv/app/current/index.html")
    try place.write("x\n", to: "hosts/h3/srv/app/current")
    let run = try place.lander("deploy")
    expectText(
      place.relative(String(run.err.drop { $0 != "\n" }.dropFirst())),
      """
      h1: HERE/hosts/h1/srv/app/current is a folder, and has to be a link that can be switched at once
        → if it may become the release to go back to, on the host: cd HERE/hosts/h1/srv/app && mkdir -p releases && mv current \
      releases/before && ln -s releases/before current
      h3: HERE/hosts/h3/srv/app/current is a file, and has to be a link that can be switched at once
        → move it away, on the host: mv HERE/hosts/h3/srv/app/current HERE/hosts/h3/srv/app/current.before

      2 problems; nothing was started.

      """)
    #expect(run.code == 3 && !place.exists("hosts/h2"), "\(run.err)")
    #expect(try place.text("hosts/h1/srv/app/current/index.html") == "x\n" && place.text("hosts/h3/srv/app/current") == "x\n")
    #expect(try place.lander("hosts").out.contains("current is a folder"))
  }

  @Test("one machine under two names is refused before the first deployment already")
  func twins() throws {
    let place = try Workplace(["app/f": "1\n"])
    try FileManager.default.createDirectory(atPath: place.path + "/real", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: place.path + "/other", withDestinationPath: "real")
    let hosts = ["real", "other"].map { "host \"\($0)\" { transport = \"local\", root = \"\(place.path)/\($0)\" }" }
    try place.write(
      "group \"g\" { hosts = { \(hosts.joined(separator: ", ")) } }\n"
        + "recipe \"app\" { api = 1, revision = bundle { from = \"app\" }, targets = group \"g\", path = \"/srv/app\" }\n",
      to: "deploy.lua")
    for words in [["deploy"], ["plan", "--connect"]] {
      let run = try place.run(words)
      #expect(run.code == 3 && run.err.contains("other: it is the same machine as host real"), "\(run.err)\(run.out)")
    }
    #expect(!place.exists("real/srv"))
  }

  private func two(_ first: String, _ second: String) -> String {
    """
    local h = host "h1" { transport = "local", root = "ROOT" }
    group "g" { hosts = { h } }
    recipe "web" { api = 1, revision = bundle { from = "app" }, targets = group "g", \(first) }
    recipe "api" { api = 1, revision = bundle { from = "app" }, targets = group "g", \(second) }

    """
  }

  @Test("two recipes of different applications with one path on one host are refused by check, plan and deploy, however it is written")
  func onePath() throws {
    let place = try Workplace(["app/f": "1\n"])
    let root = place.path + "/hosts/h1"
    try place.write(two(#"path = "/srv/app""#, #"path = "/srv//./app/""#).replacing("ROOT", with: root), to: "deploy.lua")
    for words in [["check"], ["plan", "web"], ["deploy", "web"], ["deploy", "api"]] {
      let run = try place.run(words)
      #expect(run.code == 2, "\(words): \(run.err)\(run.out)")
      let said = "deploy.lua:4: recipes \"web\" and \"api\" are of different applications and share the path /srv/app on host h1"
      #expect(run.err.contains(said), "\(words): \(run.err)")
    }
    #expect(!place.exists("hosts"))
    for fine in [(#"path = "/srv/app""#, #"path = "/srv/api""#), (#"path = "/srv/app""#, #"path = "/srv/app", application = "web""#)] {
      try place.write(two(fine.0, fine.1).replacing("ROOT", with: root), to: "deploy.lua")
      let run = try place.lander("check")
      #expect(run.code == 0, "\(run.err)")
    }
  }

  @Test("a path that another application was deployed to is refused by name, also from another project")
  func ownedPath() throws {
    let place = try deployed()
    let recipe = try place.text("deploy.lua").replacing("recipe \"app\"", with: "recipe \"api\"")
    try place.write(recipe, to: "deploy.lua")
    let run = try place.lander("deploy", "--state", "other")
    #expect(run.code == 3 && run.err.contains("/srv/app belongs to application \"app\""), "\(run.err)\(run.out)")
    #expect(run.err.contains("application = \"app\""), "\(run.err)")
    // The deployment did not fail, so status gives no advice, and does not say that the release of another application was delivered.
    let status = try place.lander("status")
    #expect(status.out.contains("of app") && status.out.contains("application = \"app\""), "\(status.out)")
    #expect(!status.out.contains("receipt") && !status.out.contains("lander resume"), "\(status.out)")
    #expect(try place.lander("verify").out.contains("belongs to application \"app\""))
  }
}
