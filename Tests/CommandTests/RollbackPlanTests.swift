import Foundation
import SchemaCheck
import Testing

@Suite("lander rollback --plan") struct RollbackPlanTests {
  private func place() throws -> Workplace {
    let place = try Workplace.project(body: "on = { ApplicationStart = function(host) host:run \"cat version >> ../../started\" end },")
    #expect(try place.lander("deploy").code == 0)
    try place.write("2\n", to: "app/version")
    #expect(try place.lander("deploy").code == 0)
    return place
  }

  @Test("it shows where each host would go and what would run there, and changes nothing")
  func shown() throws {
    let place = try place()
    let before = try place.text("hosts/h1/srv/app/started")
    let plan = try place.lander("rollback", "--plan")
    #expect(plan.code == 0, "\(plan.everything)")
    for words in ["Plan: roll back app", "h1  change", "run cat version >> ../../started", "make release"] {
      #expect(plan.out.contains(words), "\(words): \(plan.out)")
    }
    #expect(try place.text("hosts/h1/srv/app/started") == before)
    let said = try Node(try place.lander("rollback", "--plan", "--json").out)
    #expect(try Schema("docs/schemas/result.schema.json").faults(of: try #require(said["result"]), as: "plan").isEmpty)
    #expect(try place.lander("history", "--json").out.components(separatedBy: #""kind":"rollback""#).count == 1, "nothing was begun")
    #expect(try place.lander("rollback").code == 0)
    #expect(try place.text("hosts/h1/srv/app/started") != before)
  }

  @Test("with slots, it shows the way back of the traffic, also if the idle slot has the release already")
  func slots() throws {
    let place = try Workplace(["app/version": "1\n"])
    try place.write(
      """
      group "test" { hosts = { host "h1" { transport = "local", root = "\(place.path)/hosts/h1" } }, slots = { blue = {}, green = {} } }
      recipe "app" {
        api = 1, revision = bundle { from = "app" }, targets = group "test", path = "/srv/app",
        traffic = {
          pools = { "blue", "green" },
          read = function()
            return json.decode(here:run("cat \(place.path)/w", { rehearse = '{"blue":100,"green":0}' }).stdout)
          end,
          weight = function(w) here:run("echo '" .. json.encode(w) .. "' > \(place.path)/w") end,
        },
        stages = { stage.upload, stage.rollout { strategy = blue_green { pools = { "blue", "green" }, keep = "1s", watch = "1s" } } },
      }
      """, to: "deploy.lua")
    try place.write(#"{"blue":100,"green":0}"#, to: "w")
    for version in ["1\n", "2\n", "3\n"] {
      try place.write(version, to: "app/version")
      let run = try place.lander("deploy")
      try #require(run.code == 0, "\(run.everything)")
    }
    let plan = try place.lander("rollback", "--plan")
    #expect(plan.code == 0 && !plan.everything.contains("defect of lander"), "\(plan.everything)")
    try place.write("2\n", to: "app/version")
    let again = try place.lander("plan", "--connect")
    #expect(again.code == 0 && !again.everything.contains("defect of lander"), "\(again.everything)")
  }

  @Test("what would be refused is refused, with the same exit code")
  func refused() throws {
    let place = try place()
    #expect(try place.lander("rollback").code == 0)
    let plan = try place.lander("rollback", "--plan")
    let real = try place.lander("rollback")
    #expect(plan.code == real.code && plan.code != 0 && plan.err == real.err, "\(plan.everything)")
  }
}
