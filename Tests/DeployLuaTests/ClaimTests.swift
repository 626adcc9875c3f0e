import DeployLua
import DeployModel
import Testing

/// An error that a recipe raises may not claim more than the engine's failures said.
@Suite struct ClaimTests {
  private func raised(_ hook: String, answer: (Place, DeployModel.Operation) -> Outcome = { _, _ in .done() }) throws -> ScriptError {
    let rig = try Rig(recipe(hook))
    return try #require(rig.run(try rig.hook(.validateService), on: .host(0), answer: answer).result.error)
  }

  @Test(
    "an error of a recipe's own that has the words of the engine counts as a failed hook",
    arguments: [
      "locked", "fenced", "cancelled", "unreachable", "noSpace", "store", "transport", "lost", "notPermitted", "corrupt", "internal",
    ])
  func kind(_ kind: String) throws {
    let error = try raised("error { kind = \"\(kind)\", message = \"mine\", fix = \"do that\" }")
    #expect(error.failure == Failure(.failed, "mine", fix: "do that"))
    #expect(error.place == SourcePlace(file: "deploy.lua", line: 4))
  }

  @Test("an error that names another host blames the one that the hook runs on")
  func host() throws {
    #expect(try raised("error { message = \"x\", host = \"web2\" }").host == "web1")
    #expect(try raised("error { kind = \"command\", message = \"x\", host = \"nobody\" }").host == "web1")
  }

  @Test("what the engine really gave stays what it is, caught, raised again, and from a function inside")
  func given() throws {
    let gone = Outcome(failure: Failure(.noSpace, "the disk is full", fix: "make room"))
    for hook in [
      "host:run \"x\"",
      "local ok, e = pcall(host.run, host, \"x\"); error(e)",
      "all { function() host:run \"x\" end }",
      "within(\"5s\", function() host:run \"x\" end)",
      "retry({ times = 2, every = \"1ms\" }, function() host:run \"x\" end)",
    ] {
      let error = try raised(hook) { _, _ in gone }
      #expect(error.failure == Failure(.noSpace, "the disk is full", fix: "make room"), "\(hook)")
      #expect(error.host == "web1", "\(hook)")
    }
  }

  @Test("a caught error whose kind or message a recipe changes is its own")
  func changed() throws {
    let gone = Outcome(failure: Failure(.noSpace, "the disk is full"))
    for change in ["e.kind = \"locked\"", "e.message = \"web2 is locked\""] {
      let error = try raised("local ok, e = pcall(host.run, host, \"x\"); \(change); error(e)") { _, _ in gone }
      #expect(error.failure.kind == .failed, "\(change)")
    }
  }

  @Test("a host on which something failed is named by a stage that speaks of it")
  func named() throws {
    let rig = try Rig(
      """
      recipe "shop" {
        path = "/srv/shop",
        stages = { stage "smoke" { run = function(deployment)
          each(deployment.targets, function(host) host:run "curl x" end)
        end }, stage.upload, stage.rollout },
      }
      """)
    guard case .script(_, _, let function, _, _, _) = try #require(rig.plan.flow.stages.first) else {
      return #expect(Bool(false), "no stage")
    }
    let ended = rig.run(Body(recipe: 0, function: function), on: .deployment) { place, _ in
      place == .host(1) ? .failed(.command, "exited with 22") : .done()
    }
    #expect(ended.result.error?.host == "web2")
    #expect(ended.result.error?.failure.kind == .command)
  }
}
