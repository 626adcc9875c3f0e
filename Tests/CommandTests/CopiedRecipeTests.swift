import Foundation
import SchemaCheck
import Testing

@Suite("Copies of recipes that hosts keep, and variables with defaults") struct CopiedRecipeTests {
  /// Makes a project whose host depends on a file and on a variable with a default. Two revisions are deployed with each of `regions`. Nil
  /// means that the variable is not set.
  private func place(_ regions: [String?]) throws -> Workplace {
    let place = try Workplace()
    try place.write(#"{ "hosts": ["h1"] }"#, to: "fleet.json")
    try place.write(
      """
      local fleet, region = read_json "fleet.json", env("REGION", "eu")
      local hosts = {}
      for _, name in ipairs(fleet.hosts) do
        hosts[#hosts + 1] = host(region .. "-" .. name) { transport = "local", root = "\(place.path)/hosts/" .. region .. "-" .. name }
      end
      group "test" { hosts = hosts }
      recipe "app" { api = 1, revision = bundle { from = "app" }, targets = group "test", path = "/srv/app" }
      """, to: "deploy.lua")
    for version in ["1\n", "2\n"] {
      try place.write(version, to: "app/version")
      for region in regions {
        let run = try place.lander("deploy", environment: region.map { ["REGION": $0] } ?? [:])
        try #require(run.code == 0, "\(run.everything)")
      }
    }
    return place
  }

  private func lose(in place: Workplace) throws {
    try FileManager.default.removeItem(at: place.folder.appendingPathComponent("fleet.json"))
  }

  /// Returns the path of the recipe that a host keeps.
  private func kept(on host: String, in place: Workplace) throws -> String {
    let recipes = place.folder.appendingPathComponent("hosts/\(host)/srv/app/.lander/recipes")
    return recipes.appendingPathComponent(try #require(try FileManager.default.contentsOfDirectory(atPath: recipes.path).first)).path
  }

  /// Writes a copied recipe with the project's `deploy.lua` and these texts, and returns its name.
  private func copy(_ texts: [(String, String)], in place: Workplace, main: String? = nil) throws -> String {
    let all = [("deploy.lua", try main ?? place.text("deploy.lua"))] + texts
    let data = try JSONSerialization.data(withJSONObject: all.map { ["path": $0.0, "text": $0.1] })
    try place.write(String(decoding: data, as: UTF8.self), to: "copy.json")
    return "copy.json"
  }

  @Test("the copy's value of a variable replaces its default, if the variable is not set here", arguments: [true, false])
  func defaulted(hasFile: Bool) throws {
    let place = try place([nil, "us"])
    let copy = try kept(on: "us-h1", in: place)
    if !hasFile { try lose(in: place) }
    let run = try place.lander("rollback", "--state", "other", "--reads", copy)
    #expect(run.code == 0 && run.err.contains("the variable REGION (\"us\")"), "\(run.everything)")
    #expect(try place.current("us-h1", "version") == "1\n")
    #expect(try place.current("eu-h1", "version") == "2\n")
    let set = try place.lander("rollback", "--state", "other", "--reads", copy, environment: ["REGION": "eu"])
    #expect(set.code == 0 && !set.err.contains("REGION"), "what is set here counts: \(set.everything)")
    #expect(try place.current("eu-h1", "version") == "1\n")
  }

  @Test("a variable that was set in some deployments only has different values", arguments: [[nil, "us"], ["us", nil]])
  func sometimesSet(regions: [String?]) throws {
    let place = try place(regions)
    try lose(in: place)
    for words in [["rollback"], ["status"]] {
      let run = try place.run(words)
      #expect(run.code == 2 && run.err.contains("its value differed: not set in deployment "), "\(words): \(run.everything)")
      #expect(run.err.contains("\"us\" in deployment ") && run.err.contains("→ set REGION to the value"), "\(run.err)")
    }
    #expect(try ["eu-h1", "us-h1"].allSatisfy { try place.current($0, "version") == "2\n" })
    #expect(try place.lander("rollback", environment: ["REGION": "us"]).code == 0)
    #expect(try place.current("us-h1", "version") == "1\n")
    #expect(try place.current("eu-h1", "version") == "2\n")
  }

  @Test("a variable that was never set keeps its default")
  func neverSet() throws {
    let place = try place([nil])
    try lose(in: place)
    let run = try place.lander("rollback")
    #expect(run.code == 0 && !run.err.contains("REGION"), "\(run.everything)")
    #expect(try place.current("eu-h1", "version") == "1\n")
  }

  @Test("if the project cannot be read with a copy, the message says what the copy was read for, and what is wrong in it")
  func faults() throws {
    let place = try place([nil])
    try lose(in: place)
    let broken = try copy([("fleet.json", #"{"hosts":["#), ("$REGION", "eu")], in: place)
    var run = try place.lander("rollback", "--plan", "--state", "other", "--reads", broken)
    #expect(run.code == 2 && run.err.contains("fleet.json:1: read_json: this is no JSON"), "\(run.everything)")
    #expect(run.err.contains("copy.json: it was read for fleet.json and the variable REGION"), "\(run.err)")
    run = try place.lander("rollback", "--plan", "--state", "other", "--reads", try copy([("$REGION", "us")], in: place))
    #expect(run.code == 2 && run.err.contains("copy.json: it was read for the variable REGION, and it lacks fleet.json"), "\(run.err)")
    run = try place.lander("rollback", "--plan", "--state", "other", "--reads", try copy([], in: place))
    #expect(run.code == 2 && run.err.contains("copy.json: it lacks fleet.json and the variable REGION"), "\(run.err)")
  }

  @Test("a copy of another deploy.lua is used with a warning that names it, and one with two texts of a path is refused")
  func foreign() throws {
    let place = try place([nil])
    try lose(in: place)
    let texts = [("fleet.json", #"{"hosts":["h1"]}"#)]
    var run = try place.lander("rollback", "--plan", "--state", "other", "--reads", try copy(texts, in: place, main: "recipe \"other\" {}"))
    #expect(run.code == 0 && run.err.contains("warning: the deploy.lua in copy.json differs from the one here"), "\(run.everything)")
    run = try place.lander("rollback", "--plan", "--state", "other", "--reads", try copy(texts, in: place))
    #expect(run.code == 0 && !run.err.contains("differs"), "\(run.everything)")
    for (texts, name) in [(texts + texts, "fleet.json"), (texts + [("$REGION", "a"), ("$REGION", "b")], "the variable REGION")] {
      run = try place.lander("releases", "--state", "other", "--reads", try copy(texts, in: place))
      #expect(run.code == 2 && run.err.contains("copy.json has two texts of \(name)"), "\(run.everything)")
    }
  }

  @Test("--reads is refused together with --appspec", arguments: ["rollback", "releases"])
  func appspec(command: String) throws {
    let place = try place([nil])
    let run = try place.lander(command, "--appspec", "app", "--hosts", "h1", "--reads", try copy([], in: place))
    #expect(run.code == 2 && run.err.contains("--reads supplies files and variables for a deploy.lua"), "\(run.everything)")
  }
}
