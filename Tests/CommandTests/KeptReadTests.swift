import Foundation
import SchemaCheck
import Testing

@Suite("Files and variables that deploy.lua read, and that are missing now") struct KeptReadTests {
  private static let environment = ["TIER": "one"]

  /// Makes a project whose hosts depend on a file and a variable, and deploys two revisions.
  private func place() throws -> Workplace {
    let place = try Workplace()
    try place.write("1\n", to: "app/version")
    try place.write(#"{ "hosts": ["h1", "h2"] }"#, to: "fleet.json")
    try place.write(
      """
      local fleet = read_json "fleet.json"
      local tier = env "TIER"
      local hosts = {}
      for _, name in ipairs(fleet.hosts) do
        hosts[#hosts + 1] = host(name) { transport = "local", root = "\(place.path)/hosts/" .. name, tags = { tier = tier } }
      end
      group "test" { hosts = hosts }
      recipe "app" { api = 1, revision = bundle { from = "app" }, targets = group "test", path = "/srv/app" }
      """, to: "deploy.lua")
    for version in ["1\n", "2\n"] {
      try place.write(version, to: "app/version")
      let run = try place.lander("deploy", environment: Self.environment)
      try #require(run.code == 0, "\(run.everything)")
    }
    return place
  }

  private func lose(in place: Workplace) throws {
    try FileManager.default.removeItem(at: place.folder.appendingPathComponent("fleet.json"))
  }

  @Test("lander rollback takes the hosts back with the texts of the newest deployment, and names what is missing")
  func rollback() throws {
    let place = try place()
    try lose(in: place)
    let plan = try place.lander("rollback", "--plan")
    #expect(plan.code == 0 && plan.out.contains("h2  change"), "\(plan.everything)")
    let run = try place.lander("rollback")
    #expect(run.code == 0, "\(run.everything)")
    #expect(run.err.contains("deploy.lua reads fleet.json and the variable TIER (\"one\"), which are missing here"), "\(run.err)")
    #expect(run.err.contains("→ lander deploy needs them"), "\(run.err)")
    #expect(try place.current("h1", "version") == "1\n")
    #expect(try place.current("h2", "version") == "1\n")
  }

  @Test("lander rollback --to reaches a release that the hosts keep")
  func aimed() throws {
    let place = try place()
    try lose(in: place)
    let list = try place.lander("history", "--json")
    let first = try #require(try Node(list.out)["result"]?.list.last?["deployment"]?.text, "\(list.out)")
    let run = try place.lander("rollback", "--to", first)
    #expect(run.code == 0, "\(run.everything)")
    #expect(try place.current("h1", "version") == "1\n")
  }

  @Test("a machine that deployed nothing takes them from a recipe that a host keeps")
  func fromHost() throws {
    let place = try place()
    try lose(in: place)
    let recipes = place.folder.appendingPathComponent("hosts/h1/srv/app/.lander/recipes")
    let kept = try #require(try FileManager.default.contentsOfDirectory(atPath: recipes.path).first)
    let copy = recipes.appendingPathComponent(kept).path
    let state = place.path + "/elsewhere"
    let lost = try place.lander("rollback", "--state", state)
    #expect(lost.code == 2 && lost.err.contains("use it with lander rollback --reads FILE"), "\(lost.everything)")
    let list = try place.lander("releases", "--state", state, "--reads", copy)
    #expect(list.code == 0 && list.out.contains("good"), "\(list.everything)")
    let run = try place.lander("rollback", "--state", state, "--reads", copy)
    #expect(run.code == 0, "\(run.everything)")
    #expect(run.err.contains("which are missing here: the text of \(copy) is used"), "\(run.err)")
    #expect(try place.current("h2", "version") == "1\n")
    for (file, words) in [("deploy.lua", "deploy.lua is no recipe that a host keeps"), ("none.json", "there is no file none.json")] {
      let refused = try place.lander("rollback", "--state", state, "--reads", file)
      #expect(refused.code == 2 && refused.err.contains(words), "\(refused.everything)")
    }
  }

  @Test("commands that look at hosts know them", arguments: ["status", "releases", "verify", "hosts", "reap", "audit"])
  func looks(_ command: String) throws {
    let place = try place()
    try lose(in: place)
    let run = try place.lander(command)
    #expect(run.code == 0, "\(run.everything)")
    #expect(run.err.contains("warning: deploy.lua reads fleet.json"), "\(run.err)")
  }

  @Test("what is there is read anew, without a warning")
  func present() throws {
    let place = try place()
    try place.write(#"{ "hosts": ["h2"] }"#, to: "fleet.json")
    let run = try place.lander("status", environment: Self.environment)
    #expect(run.code == 0 && run.out.contains("h2") && !run.out.contains("h1") && run.err.isEmpty, "\(run.everything)")
  }

  @Test("lander deploy and lander plan refuse, and so does a machine that deployed nothing")
  func refused() throws {
    let place = try place()
    try lose(in: place)
    for words in [["deploy"], ["plan"], ["status", "--state", "other"]] {
      let run = try place.run(words)
      #expect(run.code == 2 && run.err.contains("fleet.json"), "\(words): \(run.everything)")
    }
  }

  @Test("if a missing variable had different values, nothing is guessed: the values are named, and nothing happens")
  func differing() throws {
    let place = try place()
    try place.write("3\n", to: "app/version")
    #expect(try place.lander("deploy", environment: ["TIER": "two"]).code == 0)
    for words in [["rollback"], ["status"], ["exec", "test", "--", "true"]] {
      let run = try place.run(words)
      #expect(run.code == 2, "\(words): \(run.everything)")
      #expect(run.err.contains("its value differed: \"two\" in deployment "), "\(run.err)")
      #expect(run.err.contains("\"one\" in deployment ") && run.err.contains("→ set TIER to the value"), "\(run.err)")
    }
    #expect(try place.current("h1", "version") == "3\n")
    #expect(try place.lander("status", environment: Self.environment).code == 0)
  }

  @Test("texts of another project that shares the state folder are not used")
  func shared() throws {
    let place = try place()
    let other = try Workplace()
    try other.write("1\n", to: "app/version")
    try other.write(try place.text("deploy.lua") + "\n", to: "deploy.lua")
    let run = try other.run(["status", "--state", "\(place.path)/.lander"])
    #expect(run.code == 2 && run.err.contains("fleet.json"), "\(run.everything)")
  }

  @Test("programs see the warning")
  func told() throws {
    let place = try place()
    try lose(in: place)
    let run = try place.lander("status", "--json", environment: Self.environment)
    let told = try #require(try Node(run.out)["warnings"]?.list.first?["message"]?.text, "\(run.everything)")
    #expect(told.contains("fleet.json") && told.contains("(app to test)"), "\(told)")
  }

  @Test("a mistake in deploy.lua stays the mistake that is told")
  func broken() throws {
    let place = try place()
    try place.write(try place.text("deploy.lua") + "\nfoo()\n", to: "deploy.lua")
    try lose(in: place)
    let run = try place.lander("status", environment: Self.environment)
    #expect(run.code == 2 && run.err.contains("fleet.json") && !run.err.contains("missing here"), "\(run.everything)")
  }

  @Test("data and code are told apart by how they are read, not by their names")
  func luaData() throws {
    let place = try Workplace()
    try place.write("1\n", to: "app/version")
    try place.write("h1\n", to: "data.lua")
    try place.write("return {}\n", to: "recipes/part.lua")
    try place.write(
      """
      require "recipes.part"
      local name = string.match(read_text "data.lua", "%S+")
      group "test" { hosts = { host(name) { transport = "local", root = "\(place.path)/hosts/" .. name } } }
      recipe "app" { api = 1, revision = bundle { from = "app" }, targets = group "test", path = "/srv/app" }
      """, to: "deploy.lua")
    for version in ["1\n", "2\n"] {
      try place.write(version, to: "app/version")
      #expect(try place.lander("deploy").code == 0)
    }
    try FileManager.default.removeItem(at: place.folder.appendingPathComponent("data.lua"))
    let recipes = place.folder.appendingPathComponent("hosts/h1/srv/app/.lander/recipes")
    let copy = recipes.appendingPathComponent(try #require(try FileManager.default.contentsOfDirectory(atPath: recipes.path).first)).path
    let own = try place.lander("status")
    #expect(own.code == 0 && own.err.contains("deploy.lua reads data.lua, which is missing here"), "\(own.everything)")
    let run = try place.lander("rollback", "--state", "other", "--reads", copy)
    #expect(run.code == 0 && run.err.contains("deploy.lua reads data.lua"), "\(run.everything)")
    #expect(try place.current("h1", "version") == "1\n")
    // Code has to be here: a copy of a host does not bring it.
    try FileManager.default.removeItem(at: place.folder.appendingPathComponent("recipes/part.lua"))
    let code = try place.lander("status", "--state", "other", "--reads", copy)
    #expect(code.code == 2, "\(code.everything)")
    let refused = try place.lander("releases", "--state", "other", "--reads", copy)
    #expect(refused.code == 2 && refused.err.contains("there is no recipe \"recipes.part\""), "\(refused.everything)")
  }
}
