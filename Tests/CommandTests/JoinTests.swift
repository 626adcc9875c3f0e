import Foundation
import Testing

@Suite("Hosts that join, at the command line", .serialized)
struct JoinTests {
  private static func text(_ hosts: [String]) -> String {
    """
    group "test" { hosts = { \(hosts.map { "host \"\($0)\" { transport = \"local\", root = \"hosts/\($0)\" }" }.joined(separator: ", ")) } }
    recipe "app" {
      api = 1, path = "/srv/app", targets = group "test", revision = bundle { from = "app" },
      params = { size = param.integer { default = 1 } },
      on = { ApplicationStart = function(host, deployment) host:run("echo " .. deployment.params.size .. " >>../../started") end },
    }

    """
  }

  private func place() throws -> Workplace {
    let place = try Workplace(["app/version": "1\n", "app/empty": "", "deploy.lua": Self.text(["h1", "h2"])])
    let run = try place.lander("deploy", "--size", "7")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    return place
  }

  @Test("a host that was added gets what the group runs from an empty state folder, with what it was deployed with; twice is once")
  func fresh() throws {
    let place = try place()
    try place.write(Self.text(["h1", "h2", "h3"]), to: "deploy.lua")
    try place.write("2\n", to: "app/version")
    let plan = try place.lander("join", "--group", "test", "--host", "h3", "--plan", "--state", "elsewhere")
    #expect(plan.code == 0 && plan.out.contains("Joins") && plan.out.contains("h3"), "\(plan.out)\(plan.err)")
    #expect(!place.exists("hosts/h3/srv/app/current"))
    let run = try place.lander("join", "--group", "test", "--host", "h3", "--state", "elsewhere", "--actor", "cloud-init")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    #expect(try place.current("h3", "version") == "1\n" && place.text("hosts/h3/srv/app/started") == "7\n")
    #expect(try place.text("hosts/h1/srv/app/started") == "7\n", "the others are left alone")
    let status = try place.lander("status", "--state", "elsewhere")
    #expect(status.code == 0 && status.out.contains("cloud-init"), "\(status.out)\(status.err)")
    let history = try place.lander("history", "--state", "elsewhere")
    #expect(history.out.contains("joins group \"test\" on release"), "\(history.out)")
    let audit = try place.lander("audit", "--state", "elsewhere")
    #expect(audit.code == 0, "\(audit.out)\(audit.err)")
    let again = try place.lander("join", "--host", "h3", "--json")
    #expect(again.code == 0 && again.out.contains("\"state\":\"unchanged\""), "\(again.out)\(again.err)")
    #expect(try place.text("hosts/h3/srv/app/started") == "7\n")
  }

  @Test("a host that fails is left with nothing, with the exit code of a deployment, and joins once it can")
  func failing() throws {
    let place = try place()
    try place.write(Self.text(["h1", "h2", "h3"]), to: "deploy.lua")
    try place.write("", to: "hosts/h3/srv/app/started/in-the-way")
    let run = try place.lander("join", "--host", "h3", "--json")
    #expect(run.code == 10 && run.out.contains("\"kind\":\"rolled_back\""), "\(run.out)\(run.err)")
    #expect(!place.exists("hosts/h3/srv/app/current") && !place.exists("hosts/h3/srv/app/.lander/receipt"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.path + "/hosts/h3/srv/app/releases").isEmpty)
    try FileManager.default.removeItem(atPath: place.path + "/hosts/h3/srv/app/started")
    #expect(try place.lander("join", "--host", "h3").code == 0)
    #expect(try place.lander("explain", "last").out.contains("hosts that join the group"))
  }

  @Test("no host, a host of nobody and a group with nothing good are refused with the next step")
  func refused() throws {
    let place = try Workplace(["app/version": "1\n", "deploy.lua": Self.text(["h1", "h2"])])
    let none = try place.lander("join")
    #expect(none.code == 2 && none.err.contains("lander join --host web7"), "\(none.err)")
    let empty = try place.lander("join", "--host", "")
    #expect(empty.code == 2 && empty.err.contains("--host"), "\(empty.err)")
    let stranger = try place.lander("join", "--host", "h9")
    #expect(stranger.code == 2 && stranger.err.contains("group \"test\" { hosts = { …, \"h9\" } }"), "\(stranger.err)")
    let nothing = try place.lander("join", "--host", "h1", "--json")
    #expect(nothing.code == 3 && nothing.out.contains("remembers a good revision"), "\(nothing.out)")
  }
}
