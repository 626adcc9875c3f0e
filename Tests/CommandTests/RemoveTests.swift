import Foundation
import Testing

@Suite("Taking an application off hosts on this machine", .serialized)
struct RemoveTests {
  private static let body =
    "shared = { \"log/\" }, on = { ApplicationStop = function(host) host:run \"test ! -e ../../stuck && echo stop >>../../calls\" end },"

  @Test("deploy, remove, remove again, deploy: each says what it did, data and files of others stay, and the last is a first deployment")
  func wholeStory() throws {
    let place = try Workplace.project(body: Self.body)
    #expect(try place.lander("deploy").code == 0)
    try place.write("precious\n", to: "hosts/h1/srv/app/shared/log/today")
    try place.write("somebody's\n", to: "hosts/h1/srv/app/notes")

    let asked = try place.lander("remove")
    #expect(asked.code == 3 && asked.err.contains("There is no terminal to ask for confirmation: add --yes."), "\(asked.err)")
    #expect(asked.err.contains("Plan: remove app from test, 2 hosts") && asked.err.contains("  Hosts: 2 remove\n"), "\(asked.err)")
    let asJSON = try place.lander("remove", "--json")
    #expect(asJSON.code == 3 && asJSON.out.contains(#""fix":"add --yes""#), "\(asJSON.out)")
    #expect(try place.current("h1", "version") == "1\n")
    let plan = try place.lander("remove", "--plan")
    #expect(
      plan.code == 0 && plan.out.contains("run test ! -e ../../stuck") && plan.out.contains("the data in shared (--shared"), "\(plan.out)")

    let removed = try place.lander("remove", "--yes", "--output", "plain")
    #expect(removed.code == 0 && removed.out.hasPrefix("Succeeded: removal of app from test, deployment "), "\(removed.err)\(removed.out)")
    #expect(removed.err.contains("h1: calls, notes, shared stay in \(place.path)/hosts/h1/srv/app"), "\(removed.err)")
    for host in ["h1", "h2"] {
      #expect(try place.text("hosts/\(host)/srv/app/calls") == "stop\n")
      for name in ["current", "releases", ".lander/receipt", ".lander/jobs", ".lander/lock"] {
        #expect(!place.exists("hosts/\(host)/srv/app/\(name)"), "\(host) has \(name)")
      }
    }
    #expect(try place.text("hosts/h1/srv/app/shared/log/today") == "precious\n")
    #expect(try place.text("hosts/h1/srv/app/notes") == "somebody's\n")
    let status = try place.lander("status")
    #expect(status.code == 0 && !status.out.contains("release "), "\(status.out)")
    let history = try place.lander("history")
    #expect(history.outLines[1].contains("removal of app"), "\(history.out)")
    let explained = try place.lander("explain")
    #expect(explained.out.contains("asked for a removal") && explained.out.contains("2 of 2 hosts were to lose it"), "\(explained.out)")

    let again = try place.lander("remove", "--yes")
    #expect(again.code == 0 && again.out.hasPrefix("Succeeded: removal of app"), "\(again.err)\(again.out)")
    #expect(try place.text("hosts/h1/srv/app/calls") == "stop\n", "nothing runs that could be stopped")
    #expect(try place.lander("deploy").code == 0)
    #expect(try place.current("h1", "version") == "1\n")
    #expect(try place.lander("rollback").code == 3, "it is a first deployment")

    let all = try place.lander("remove", "--yes", "--shared", "--only", "h1")
    #expect(all.code == 0, "\(all.err)\(all.out)")
    #expect(!place.exists("hosts/h1/srv/app/shared") && place.exists("hosts/h2/srv/app/current"))
  }

  @Test("a host that cannot be stopped keeps what it has, unless it is forced; one that never had anything says so")
  func stuck() throws {
    let place = try Workplace.project(body: Self.body)
    let nothing = try place.lander("remove", "--yes")
    #expect(nothing.code == 0 && nothing.out.hasPrefix("Nothing to do: removal of app from test"), "\(nothing.err)\(nothing.out)")
    #expect(!place.exists("hosts/h1/srv/app/.lander"))
    #expect(try place.lander("deploy").code == 0)
    try place.write("", to: "hosts/h2/srv/app/stuck")
    let alone = try place.lander("remove", "--yes", "--only", "h2", "--shared")
    #expect(alone.code == 10 && alone.out.contains("lander remove app --group test --only h2 --shared  removes"), "\(alone.out)")
    #expect(place.exists("hosts/h1/srv/app/current"))
    let failed = try place.lander("remove", "--yes")
    #expect(failed.code == 12, "\(failed.err)\(failed.out)")
    #expect(failed.out.contains("lander remove app --group test --only h2"), "\(failed.out)")
    #expect(!place.exists("hosts/h1/srv/app/current") && place.exists("hosts/h2/srv/app/current"))
    let forced = try place.lander("remove", "--yes", "--force", "--json")
    #expect(forced.code == 0 && !place.exists("hosts/h2/srv/app/current"), "\(forced.err)\(forced.out)")
  }

  @Test("a machine with slots loses all of them, --only takes machines, and the plan says that no traffic is moved")
  func slots() throws {
    let place = try Workplace(["site/version": "1"])
    try place.write(
      """
      local function at(name) return host(name) { transport = "local", root = "\(place.path)/" .. name } end
      group "test" { hosts = { at "m1", at "m2" }, slots = { blue = { port = 1 }, green = { port = 2 } } }
      recipe "app" {
        path = "/srv/app", revision = bundle "site", targets = group "test",
        on = { ApplicationStop = function(host) host:run "test ! -e ../../stuck && echo stop >>../../calls" end },
      }
      """, to: "deploy.lua")
    #expect(try place.lander("deploy").code == 0)
    let half = try place.lander("remove", "--yes", "--only", "m1/blue")
    #expect(half.code != 0 && half.err.contains("--only m1"), "\(half)")
    let plan = try place.lander("remove", "--plan")
    #expect(plan.code == 0 && plan.out.contains("is not moved: what the balancer still sends to a slot fails"), "\(plan.out)")

    try place.write("", to: "m2/srv/app/slots/green/stuck")
    let failed = try place.lander("remove", "--yes")
    #expect(failed.code == 12 && failed.out.contains("lander remove app --group test --only m2   removes"), "\(failed.err)\(failed.out)")
    for slot in ["m1/srv/app/slots/blue", "m1/srv/app/slots/green", "m2/srv/app/slots/blue"] {
      #expect(try place.text("\(slot)/calls") == "stop\n")
      #expect(!place.exists("\(slot)/current") && !place.exists("\(slot)/releases"), "\(slot)")
    }
    #expect(place.exists("m2/srv/app/slots/green/current"))
    try FileManager.default.removeItem(atPath: place.path + "/m2/srv/app/slots/green/stuck")
    let rest = try place.lander("remove", "--yes", "--only", "m2")
    #expect(rest.code == 0 && !place.exists("m2/srv/app/slots/green/current"), "\(rest.err)\(rest.out)")
    #expect(try place.lander("deploy").code == 0 && place.text("m1/srv/app/slots/blue/current/version") == "1")
  }

  @Test("a current that somebody else made is refused, and nothing is removed anywhere")
  func foreign() throws {
    let place = try Workplace.project(body: Self.body)
    #expect(try place.lander("deploy").code == 0)
    let current = place.folder.appending(path: "hosts/h2/srv/app/current").path
    try FileManager.default.removeItem(atPath: current)
    try FileManager.default.createSymbolicLink(atPath: current, withDestinationPath: "/etc")
    let run = try place.lander("remove", "--yes", "--force", "--shared")
    #expect(run.code == 3 && run.err.contains("current leads to /etc, which lander did not make"), "\(run.err)")
    #expect(place.exists("hosts/h1/srv/app/current/version") && place.exists("hosts/h2/srv/app/releases"))
  }
}
