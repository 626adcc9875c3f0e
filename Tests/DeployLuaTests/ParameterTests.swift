import DeployCore
import DeployLua
import DeployModel
import Testing

@Suite("Declared parameters") struct ParameterTests {
  @Test("bounds and patterns that nothing can be held against are refused where they are declared")
  func declarations() {
    let found = problems(
      """
      recipe "web" { path = "/srv/web", params = {
        a = param.string { match = "[" },
        b = param.string { match = "^v%d+$", default = "1" },
        c = param.integer { min = 1.5 },
        d = param.integer { min = 5, max = 2 },
        e = param.number { max = 1/0 },
        f = param.integer { min = 1, max = 9, default = 10 },
        g = param.string { match = "(%d" , default = "1" },
      } }
      """)
    #expect(
      found == [
        "deploy.lua:2: match of parameter \"a\" is no Lua pattern: a [ is not closed; as in match = \"^v%d+$\"",
        "deploy.lua:3: default of param.string must be a string that matches ^v%d+$, got \"1\"",
        "deploy.lua:4: min of param.integer must be a whole number, got 1.5",
        "deploy.lua:5: param.integer has min = 5 above max = 2, and no value fits both",
        "deploy.lua:6: max of param.number must be a finite number, got inf",
        "deploy.lua:7: default of param.integer must be a whole number from 1 to 9, got 10",
        "deploy.lua:8: default of param.string must be a string that matches (%d, got \"1\"",
        "deploy.lua:8: match of parameter \"g\" is no Lua pattern: a ( is not closed; as in match = \"^v%d+$\"",
      ])
  }

  @Test("a list is declared with the texts it may have, or a pattern for each, and their number")
  func lists() throws {
    let project = try load(
      """
      recipe "web" { path = "/srv/web", params = {
        regions = param.list { "eu", "us", default = { "eu" }, min = 1 }, tags = param.list { match = "^v%d+$", max = 3 },
        any = param.list {},
      } }
      """
    ).project
    let kinds = project.recipes[0].parameters.map { "\($0.name): \($0.kind.words)" }
    #expect(
      kinds == [
        "any: texts with commas between them", "regions: texts of eu, us, with commas between them, at least 1",
        "tags: texts that match ^v%d+$, with commas between them, at most 3",
      ])
    let found = problems(
      """
      recipe "web" { path = "/srv/web", params = {
        a = param.list { "eu", "us", default = { "de" } },
        b = param.list { match = "^v%d+$", default = { "v1", "x" } },
        c = param.list { min = 3, max = 2 },
        d = param.list { match = "[" },
        e = param.list { default = "eu" },
        f = param.list { min = 2, default = { "x" } },
      } }
      """)
    #expect(
      found == [
        "deploy.lua:2: default of param.list must be a list of \"eu\" or \"us\", got a table",
        "deploy.lua:3: default of param.list must be a list of strings that match ^v%d+$, got a table",
        "deploy.lua:4: param.list has min = 3 above max = 2, and no value fits both",
        "deploy.lua:5: match of parameter \"d\" is no Lua pattern: a [ is not closed; as in match = \"^v%d+$\"",
        "deploy.lua:6: default of param.list must be a table { … }, got \"eu\"",
        "deploy.lua:7: default of param.list must be a list of strings { \"…\", \"…\" } from 2 on, got a table",
      ], "\(found.joined(separator: "\n"))")
  }

  @Test("the texts of a list are typed with commas between them, or written as a list; one that does not fit refuses the value")
  func listed() {
    func read(_ value: Value, _ kind: Parameter.Kind) -> Value? { kind.read(value) }
    let regions = Parameter.Kind.list(choices: ["eu", "us"], match: nil, min: 1, max: 2)
    let free = Parameter.Kind.list(choices: [], match: "^%l+$", min: nil, max: nil)
    #expect(read("eu, us", regions) == .list(["eu", "us"]) && read(.list(["us"]), regions) == .list(["us"]))
    let wrong: [Value] = ["de", "eu,,us", "eu,us,eu", "", "eu;us", true, .list([.list([])])]
    for one in wrong { #expect(read(one, regions) == nil, "\(one)") }
    #expect(read("", free) == .list([]) && read("a,b", free) == .list(["a", "b"]) && read("a,B", free) == nil)
    #expect(read(.list([7, "x"]), .list(choices: [], match: nil, min: nil, max: nil)) == .list(["7", "x"]))
    let check = ParameterCheck([Parameter(name: "regions", kind: regions)], given: [.init("regions", "eu,usa")], group: .record([]))
    #expect(check.problems.first?.message == "\"eu,usa\" is not texts of eu, us, with commas between them, 1 to 2 of them")
    #expect(check.problems.first?.fix == "did you mean \"us\"?")
  }

  @Test("a hook has a list as a table of its own: what it changes no other hook sees")
  func copies() throws {
    let code =
      "recipe \"web\" { path = \"/srv/web\", params = { r = param.list {} }, on = { ValidateService = function(host, deployment) "
      + "local r = deployment.params.r r[#r + 1] = 'x' log.info('%s', table.concat(deployment.params.r, '+')) end } }"
    let rig = try Rig(code, parameters: .record(of: [("r", .list(["a", "b"]))]))
    #expect(try rig.begin(.validateService).log.first?.text == "a+b")
  }

  @Test("the parameters can be looped over and written as JSON and YAML, and stay as they are")
  func whole() throws {
    let code =
      "recipe \"web\" { path = \"/srv/web\", params = { r = param.list {}, b = param.integer {} }, on = { ValidateService = "
      + "function(_, deployment) local names = {} for name, value in pairs(deployment.params) do names[#names + 1] = name "
      + "if name == 'r' then value[1] = 'x' end end "
      + "log.info('%s %s %s', table.concat(names, '+'), json.encode(deployment.params), json.encode { p = deployment.params }) end } }"
    let rig = try Rig(code, parameters: .record(of: [("r", .list(["a"])), ("b", 5)]))
    #expect(try rig.begin(.validateService).log.first?.text == #"b+r {"b":5,"r":["a"]} {"p":{"b":5,"r":["a"]}}"#)
  }

  @Test("what a group says about parameters is held against their declarations before anything is deployed")
  func groups() {
    let found = problems(
      """
      group "production" { hosts = { "web1" }, params = {
        tag = "1",
        tga = "v1",
        count = 12,
      } }
      recipe "web" { path = "/srv/web", targets = group "production", params = {
        tag = param.string { match = "^v%d+$" }, count = param.integer { max = 9, default = 1 },
      } }
      """)
    #expect(
      found == [
        "deploy.lua:2: params of group \"production\": \"1\" of tag is not a string that matches ^v%d+$; "
          + "parameter \"tag\" is declared in deploy.lua:7",
        "deploy.lua:3: params of group \"production\": no recipe has a parameter \"tga\"; did you mean tag?",
        "deploy.lua:4: params of group \"production\": 12 of count is not a whole number of at most 9; "
          + "parameter \"count\" is declared in deploy.lua:7",
      ])
  }

  @Test("a pattern that does not describe the whole value is worth a warning")
  func anchored() throws {
    func warnings(_ match: String) throws -> [String] {
      try load("recipe \"web\" { path = \"/srv/web\", params = { tag = param.string { match = \"\(match)\" } } }").project.warnings.map(
        \.message)
    }
    #expect(try warnings("^v%d+$") == [])
    #expect(try warnings("%d+") == ["match = \"%d+\" of parameter \"tag\" is looked for anywhere in the value, whatever stands around it"])
    #expect(try warnings("^v%$").count == 1)
  }

  @Test("our reading of patterns agrees with Lua's own on thousands of them", arguments: [5, 6, 7, 8] as [UInt64])
  func agree(seed: UInt64) {
    var dice = Dice(state: seed)
    var (matched, compared) = (0, 0)
    for _ in 0..<3000 {
      let subject = PatternTests().subject(&dice)
      let pattern = PatternTests().pattern(&dice)
      let stock = PatternComparison.run(stock: true, "find", [.text(subject), .text(pattern)])
      guard let ours = LuaPattern(pattern), !stock.hasPrefix("error") else { continue }
      compared += 1
      let found = !stock.hasPrefix("ni")
      if found { matched += 1 }
      #expect(ours.matches(subject) == found, "\(pattern.debugDescription) in \(subject.debugDescription): \(stock)")
    }
    #expect(compared > 2000 && matched > 300, "\(compared) \(matched)")
  }

  @Test("a pattern that would take for ever counts as no match, within a moment")
  func bounded() {
    let text = String(repeating: "a", count: 200)
    #expect(LuaPattern(String(repeating: "a-", count: 40) + "b")?.matches(text) == false)
    #expect(LuaPattern("^v%d+$")?.sample.map { LuaPattern("^v%d+$")?.matches($0) ?? false } == true)
    for pattern in ["^%d+%.%d+%.%d+$", "^[a-z][a-z0-9-]*$", "^https?://", "^(%a+)=(%d*)$"] {
      #expect(LuaPattern(pattern)?.sample != nil, "\(pattern)")
    }
  }

  @Test("a byte order mark before deploy.lua and before a plugin is skipped")
  func byteOrderMarks() throws {
    let project = try load(
      "\u{FEFF}local p = require \"p\"\nrecipe \"a\" { path = p }",
      files: [
        "plugins/p/init.lua": "\u{FEFF}return \"/srv/p\"",
        "plugins/p/plugin.lua": "\u{FEFF}return { name = \"p\", version = \"1\", api = 1 }",
      ])
    #expect(project.project.recipes[0].placement.path == "/srv/p")
  }
}
