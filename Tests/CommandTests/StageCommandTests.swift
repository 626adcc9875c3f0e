import Foundation
import Testing

/// Stages that hosts remember, as the command line shows them.
@Suite("Stages that hosts remember, at the command line")
struct StageCommandTests {
  private static let migrate = """
    stages = { stage.upload, stage "migrate" { once = "revision", on = "host",
      run = function(host) host:run("echo begin >>HERE/marks; sleep 2; echo end >>HERE/marks") end }, stage.rollout },
    """

  /// Returns a project with hosts h1 and h2 and these stages, in which the folder's path replaces HERE.
  private func place(_ body: String = migrate) throws -> Workplace {
    let place = try Workplace.project()
    try place.write(Recipes.local(place.path, body: body.replacing("HERE", with: place.path)), to: "deploy.lua")
    return place
  }

  /// Kills the engine while the stage runs.
  private func killed() throws -> Workplace {
    let place = try place()
    let running = try place.start(["deploy", "--output", "plain"])
    try place.wait(for: "marks")
    running.send(SIGKILL)
    _ = running.wait()
    return place
  }

  @Test("an engine killed in the stage and resumed runs it once, and no later deployment of the bundle runs it")
  func resumed() throws {
    let place = try killed()
    let resumed = try place.lander("resume")
    #expect(resumed.code == 0, "\(resumed.err)")
    #expect(try place.text("marks") == "begin\nend\n")
    let again = try place.lander("deploy", "--force", "--output", "plain")
    #expect(again.code == 0 && (again.out + again.err).contains("stage \"migrate\" does not run: it ran for this revision in deployment"))
    #expect(try place.text("marks") == "begin\nend\n")
  }

  @Test("from another state folder, a stage that a dead engine began is refused with both answers, and each of them counts")
  func elsewhere() throws {
    for (answer, runs) in [("--ran", 1), ("--again", 2)] {
      let place = try killed()
      let refused = try place.lander("deploy", "--state", "other")
      #expect(refused.code == 3 && refused.err.contains("nobody knows whether it came to its end"), "\(refused.err)")
      #expect(refused.err.contains("lander deploy app --group test --ran migrate, else lander deploy app --group test --again migrate"))
      let planned = try place.lander("plan", "--connect", "--state", "other", answer, "migrate")
      #expect(planned.out.contains(answer == "--ran" ? "skipped, as was said" : "again, as was said"), "\(planned.out) \(planned.err)")
      let said = try place.lander("deploy", "app", "--group", "test", answer, "migrate", "--state", "other")
      #expect(said.code == 0, "\(said.err)")
      #expect(try place.text("marks").split(separator: "\n").count { $0 == "end" } == runs)
      #expect(try place.current("h2", "version") == "1\n")
    }
  }

  @Test("what is said of stages is part of what is deployed: a plan in a file has it, and a task takes none of it")
  func options() throws {
    let place = try place()
    #expect(try place.lander("deploy", "--ran", "migrat").err.contains("no stage \"migrat\" that runs once for each revision"))
    let plan = try place.lander("plan", "--connect", "--ran", "migrate", "--out", "plan.json")
    #expect(plan.code == 0, "\(plan.err)")
    #expect(try place.lander("deploy", "--plan", "plan.json", "--ran", "migrate").err.contains("--ran has no meaning with --plan"))
    let deployed = try place.lander("deploy", "--plan", "plan.json")
    #expect(deployed.code == 0 && !place.exists("marks"), "\(deployed.err)")
  }

  @Test("in a train each group runs the stage once, and what is said of it holds for every group")
  func train() throws {
    let place = try Workplace(["app/version": "1\n"])
    try place.write(
      """
      group "first" { hosts = { host "a" { transport = "local", root = "\(place.path)/hosts/a" } } }
      group "second" { hosts = { host "b" { transport = "local", root = "\(place.path)/hosts/b" } } }
      recipe "app" {
        api = 1, revision = bundle { from = "app" }, targets = group "first", path = "/srv/app",
        stages = { stage.upload, stage "migrate" { once = "revision", on = "host",
          run = function(host) host:run("echo " .. host.name .. " >>\(place.path)/marks") end }, stage.rollout },
      }

      """, to: "deploy.lua")
    for (more, marks) in [([], "a\nb\n"), ([], "a\nb\n"), (["--again", "migrate"], "a\nb\na\nb\n")] as [([String], String)] {
      let run = try place.run(["deploy", "--group", "first,second", "--between", "none", "--force"] + more)
      #expect(run.code == 0, "\(run.err)")
      #expect(try place.text("marks") == marks)
    }
  }

  @Test("a rollback behind a stage that cannot be undone ends with 3, and goes if the stage is named")
  func irreversible() throws {
    let place = try place(
      "stages = { stage.upload, stage.rollout, stage \"contract\" { irreversible = true, run = function() here:run \"true\" end } },")
    #expect(try place.lander("deploy").code == 0)
    try place.write("2\n", to: "app/version")
    #expect(try place.lander("deploy").code == 0)
    let refused = try place.lander("rollback")
    #expect(refused.code == 3 && refused.err.contains("stage \"contract\" cannot be undone"), "\(refused.err)")
    #expect(refused.err.contains("lander rollback app --despite contract"), "\(refused.err)")
    #expect(try place.current("h1", "version") == "2\n")
    let back = try place.lander("rollback", "app", "--despite", "contract")
    #expect(back.code == 0, "\(back.err)")
    #expect(try place.current("h1", "version") == "1\n" && place.current("h2", "version") == "1\n")
  }
}
