import Foundation
import Testing

/// Two deployments to different hosts of one group lock different hosts. A stage that runs once for each revision still runs once.
@Suite("Deployments of parts of a group at the same time")
struct GroupRegisterTests {
  private func place() throws -> Workplace {
    let place = try Workplace.project(hosts: 3)
    let body = """
      stages = { stage.upload, stage "migrate" { once = "revision", on = "host",
        run = function(host) host:run "cat version | sed 's/^/up /' >>\(place.path)/ledger" end,
        undo = function(host) host:run "cat version | sed 's/^/down /' >>\(place.path)/ledger" end }, stage.rollout },
      on = { ApplicationStop = function(host)
        host:run ": >\(place.path)/stopping; while test -e \(place.path)/hold; do sleep 0.1; done"
      end },
      """
    try place.write(Recipes.local(place.path, hosts: 3, body: body), to: "deploy.lua")
    try place.write("1\n", to: "app/version")
    return place
  }

  @Test("a stage that runs once runs in one of them; the other one is refused, or finds that it ran")
  func once() throws {
    let place = try place()
    for version in 2...4 {
      try place.write("\(version)\n", to: "app/version")
      let both = try [place.start(["deploy", "--only", "h2"]), place.start(["deploy", "--only", "h3"])]
      for one in both {
        let code = one.wait()
        #expect(code == 0 || code == 4, "\(one.everything)")
      }
      #expect(try place.lander("deploy").code == 0)
      #expect(try place.text("ledger").components(separatedBy: "up \(version)\n").count == 2)
    }
  }

  @Test("a rollback of another part is refused while one runs, and the last one undoes the stage")
  func undone() throws {
    let place = try place()
    #expect(try place.lander("deploy").code == 0)
    try place.write("2\n", to: "app/version")
    #expect(try place.lander("deploy").code == 0)
    try place.write("", to: "hold")
    try FileManager.default.removeItem(atPath: place.path + "/stopping")
    let first = try place.start(["rollback", "--only", "h2"])
    try place.wait(for: "stopping")
    let second = try place.lander("rollback", "--only", "h3")
    #expect(second.code == 4, "\(second.everything)")
    try FileManager.default.removeItem(atPath: place.path + "/hold")
    #expect(first.wait() == 0, "\(first.everything)")
    #expect(try place.lander("rollback", "--only", "h3").code == 0)
    #expect(try !place.text("ledger").contains("down"))
    let plan = try place.lander("rollback", "--plan")
    #expect(!plan.everything.contains("Register"), "the whole rest of the group is locked: \(plan.everything)")
    #expect(try place.lander("rollback").code == 0)
    #expect(try place.text("ledger").hasSuffix("up 2\ndown 2\n"))
  }

  @Test("a register on which something is wrong does not stand in the way, and plan and deployment say that there is none")
  func broken() throws {
    let place = try place()
    try place.write("", to: "hosts/h1/.lander")
    let plan = try place.lander("plan", "--connect", "--only", "h2")
    #expect(plan.code == 0 && plan.out.contains("none: h1 cannot keep it: "), "\(plan.everything)")
    let run = try place.lander("deploy", "--only", "h2")
    #expect(run.code == 0 && run.everything.contains("Register of the group: none: h1 cannot keep it: "), "\(run.everything)")
    #expect(try place.text("ledger") == "up 1\n")
  }

  @Test("a deployment of another part does not rely on a stage that can still be undone, and status and unlock know the register's lock")
  func seen() throws {
    let place = try place()
    #expect(try place.lander("deploy").code == 0)
    try place.write("2\n", to: "app/version")
    try place.write("", to: "hold")
    let first = try place.start(["deploy", "--only", "h2"])
    try place.wait(for: "stopping")
    let second = try place.lander("deploy", "--only", "h3")
    #expect(second.code == 4, "the first one can still undo the stage that has run: \(second.everything)")
    let status = try place.lander("status")
    #expect(status.code == 0 && status.out.contains("  on h2 h1 (the register)\n"), "\(status.everything)")
    first.send(SIGKILL)
    #expect(first.wait() == 128 + SIGKILL)
    try FileManager.default.removeItem(atPath: place.path + "/hold")
    let unlock = try place.lander("unlock", "--yes", "--force", "--result", "\(place.path)/unlock.json")
    #expect(unlock.code == 0 && unlock.everything.contains("h1 (the register): unlocked\n"), "\(unlock.everything)")
    let result = try String(contentsOfFile: "\(place.path)/unlock.json", encoding: .utf8)
    #expect(result.contains(#""register""#) && !result.contains("(the register)"), "\(result)")
    #expect(try !place.lander("status").out.contains("Locked by"))
  }

  @Test("plan names the register; a recipe without such a stage has none")
  func named() throws {
    let place = try place()
    let plan = try place.lander("plan", "--connect", "--only", "h2")
    #expect(
      plan.code == 0 && plan.everything.contains("h1 is locked as well, because hosts of the group remember stages"), "\(plan.everything)")
    #expect(try !place.lander("plan", "--connect").everything.contains("Register"))
    let text = try place.text("deploy.lua").replacing("once = \"revision\", ", with: "")
    try place.write(text.replacing("undo = function", with: "when = function"), to: "deploy.lua")
    #expect(try !place.lander("plan", "--connect", "--only", "h2").everything.contains("Register"))
  }
}
