import Foundation
import Testing

@Suite("Parameters from a file and from the environment")
struct GivenParameterTests {
  private func place() throws -> Workplace {
    try Workplace.project(
      hosts: 1,
      body: """
        params = { level = param.choice { "low", "high", default = "low" }, dry_run = param.boolean { default = false } },
        on = { ApplicationStart = function(host, deployment)
          host:run("echo " .. deployment.params.level .. " " .. tostring(deployment.params.dry_run) .. " > /tmp/level; cat /tmp/level")
        end },
        """)
  }

  private func told(_ place: Workplace, _ words: [String], _ environment: [String: String] = [:]) throws -> String {
    let running = try place.start(["plan", "--json"] + words, environment)
    #expect(running.wait() == 0, "\(running.everything)")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(running.said(running.out).utf8)) as? [String: Any])
    let parameters = try #require(((object["result"] as? [String: Any])?["plan"] as? [String: Any])?["parameters"] as? [String: Any])
    return "\(parameters["level"] ?? "none") \(parameters["dry_run"] ?? "none")"
  }

  @Test("an option wins over the file, the file over the environment, and the environment over the default")
  func precedence() throws {
    let place = try place()
    try place.write(#"{ "level": "high", "dry_run": true }"#, to: "params.json")
    #expect(try told(place, []) == "low 0")
    #expect(try told(place, [], ["LANDER_PARAM_LEVEL": "high", "LANDER_PARAM_DRY_RUN": "yes"]) == "high 1")
    #expect(try told(place, ["--params", "params.json"], ["LANDER_PARAM_LEVEL": "low"]) == "high 1")
    #expect(try told(place, ["--params", "params.json", "--level", "low", "--no-dry-run"]) == "low 0")
  }

  @Test("two values of one parameter, as --param and in the short form, are refused in any order; one value may be typed in both forms")
  func bothForms() throws {
    let place = try place()
    for words in [["--level", "low", "--param", "level=high"], ["--param", "level=high", "--level", "low"]] {
      let run = try place.run(["plan"] + words)
      #expect(run.code == 2 && run.err.contains("--level: it has two values: --level low, and --param level=high"), "\(run.err)")
    }
    for words in [["--level", "low", "--level", "high"], ["--param", "level=low", "--param", "level=high"]] {
      let run = try place.run(["plan"] + words)
      #expect(run.code == 2 && run.err.contains("--level: it has two values: low, and high"), "\(run.err)")
    }
    #expect(try place.run(["plan", "--level", "low", "--level=low"]).code == 0)
    let yes = try place.lander("plan", "--no-dry-run", "--param", "dry_run=yes")
    #expect(yes.code == 2 && yes.err.contains("it has two values: --dry_run false, and --param dry_run=yes"), "\(yes.err)")
    #expect(try told(place, ["--param", "level=high", "--level", "high", "--dry-run", "--param", "dry_run=yes"]) == "high 1")
  }

  @Test(
    "a file that is no JSON is refused with the line and what is wrong there",
    arguments: [
      ("{ \"level\": \"high\", }", "line 1: there is a comma before the }"),
      ("{\n\"level\": [\"high\",\n]\n}", "line 3: there is a comma before the ]"),
      ("{ \"level\": \"high\"\n\"dry_run\": true }", "line 2: a , or } was expected"),
      ("{ 'level': 'high' }", "a name in double quotes was expected"),
      ("{ \"level\": 'high' }", "a string needs double quotes, not single quotes"), ("{ \"level\": high }", "line 1: high is not a value"),
      ("{ \"level\": 01 }", "line 1: 01 is not a value"), ("// note\n{}", "line 1: JSON has no comments"),
      ("{ \"level\": \"high\"", "it ends before its }"),
      ("{ \"level\": \"hi\ngh\" }", "line 1: a string has a line feed"), ("{} {}", "there is more text after the end"),
      ("", "it ends where a value was expected"),
      ("{ \"level\": 1e400 }", "line 1: 1e400 is out of range"),
      ("{\n\"level\": 9223372036854775808 }", "line 2: 9223372036854775808 is out"),
      ("{ \"level\": \"\\ud83d\" }", "\\ud83d is half of a character"), ("{ \"level\": \"\\ude80\" }", "\\ude80 is half of a character"),
      ("{ \"level\": \"\\x\" }", "a \\ is before a character that it cannot escape"),
      ("{ \"level\" \"high\" }", "a : was expected after the name"),
    ])
  func flaws(_ text: String, _ words: String) throws {
    let place = try place()
    try place.write(text, to: "params.json")
    let run = try place.lander("plan", "--params", "params.json")
    #expect(run.code == 2 && run.err.contains("params.json is not JSON: ") && run.err.contains(words), "\(text): \(run.err)")
  }

  @Test("a file may begin with a byte order mark, and have every number, escape and white space of JSON")
  func whole() throws {
    let place = try place()
    try place.write("\u{FEFF}{\r\n\t\"level\" : \"\\u0068igh\", \"dry_run\": true }\n", to: "params.json")
    #expect(try told(place, ["--params", "params.json"]) == "high 1")
  }

  @Test("a list is typed with commas or in several options, and may be a list in the file")
  func lists() throws {
    let place = try Workplace.project(hosts: 1, body: "params = { regions = param.list { \"eu\", \"us\", \"ap\", default = {} } },")
    func told(_ words: String..., environment: [String: String] = [:]) throws -> [String]? {
      let running = try place.start(["plan", "--json"] + words, environment)
      #expect(running.wait() == 0, "\(running.everything)")
      let object = try JSONSerialization.jsonObject(with: Data(running.said(running.out).utf8)) as? [String: Any]
      let plan = (object?["result"] as? [String: Any])?["plan"] as? [String: Any]
      return (plan?["parameters"] as? [String: Any])?["regions"] as? [String]
    }
    try place.write(#"{ "regions": ["us", "ap"] }"#, to: "params.json")
    #expect(try told() == [])
    #expect(try told("--regions", "eu,us") == ["eu", "us"])
    #expect(try told("--regions", "eu", "--regions=us", "--param", "regions=ap") == ["eu", "us", "ap"])
    #expect(try told("--params", "params.json") == ["us", "ap"])
    #expect(try told("--params", "params.json", "--regions", "eu") == ["eu"], "an option replaces the file's list")
    #expect(try told(environment: ["LANDER_PARAM_REGIONS": "ap"]) == ["ap"])
    let wrong = try place.lander("plan", "--regions", "eu,usa")
    #expect(wrong.code == 2 && wrong.err.contains("is not texts of eu, us, ap, with commas between them"), "\(wrong.err)")
    #expect(wrong.err.contains("did you mean \"us\"?"), "\(wrong.err)")
  }

  @Test("names that no recipe has, values that do not fit and files that are no object are refused, all at once")
  func mistakes() throws {
    let place = try place()
    try place.write("[1]", to: "list.json")
    let running = try place.start(["plan", "--params", "list.json"], ["LANDER_PARAM_LEVL": "high", "LANDER_PARAM_DRY_RUN": "perhaps"])
    #expect(running.wait() == 2)
    let text = running.everything
    #expect(
      text.contains("LANDER_PARAM_LEVL: no recipe and no task has a parameter of that name\n  → did you mean LANDER_PARAM_LEVEL?"),
      "\(text)")
    #expect(text.contains("--params: list.json is JSON, but not an object"), "\(text)")
    let value = try place.start(["plan"], ["LANDER_PARAM_DRY_RUN": "perhaps"])
    #expect(value.wait() == 2 && value.everything.contains("LANDER_PARAM_DRY_RUN: \"perhaps\" is not true or false"), "\(value.everything)")
    try place.write(#"{ "levl": "high" }"#, to: "params.json")
    try place.write(#"{ "level": "higher" }"#, to: "wrong.json")
    let wrong = try place.lander("plan", "--params", "wrong.json")
    #expect(wrong.code == 2 && wrong.err.contains("wrong.json: level: \"higher\" is not one of low, high"), "\(wrong.err)")
    let name = try place.lander("plan", "--params", "params.json")
    let near = "a \"levl\", which is not a parameter of this recipe\n  → did you mean \"level\"?"
    #expect(name.code == 2 && name.err.contains(near), "\(name.err)")
  }

  @Test("a name that the file has twice is refused, and the same name deeper inside is another one")
  func twice() throws {
    let place = try place()
    try place.write(#"{ "level": "high", "x\"{": [{ "level": 1 }], "le\u0076el": "low", "level": "low" }"#, to: "params.json")
    let run = try place.lander("plan", "--params", "params.json")
    #expect(run.code == 2 && run.err.contains("--params: params.json has \"level\" twice\n  → keep one of them"), "\(run.err)")
    #expect(run.err.components(separatedBy: "twice").count == 2, "\(run.err)")
  }

  @Test("a value of a required parameter that does not fit is told once")
  func once() throws {
    let place = try Workplace.project(hosts: 1, body: "params = { size = param.integer { max = 9 } },")
    let run = try place.lander("plan", environment: ["LANDER_PARAM_SIZE": "x"])
    #expect(run.code == 2 && run.err.contains("LANDER_PARAM_SIZE: \"x\" is not a whole number of at most 9"), "\(run.err)")
    #expect(!run.err.contains("has to be given"), "\(run.err)")
    #expect(try place.lander("plan").err.contains("--size: this parameter has to be given"))
  }

  @Test("a file that cannot be read says why; a pipe and a link are read like a file, up to the limit")
  func files() throws {
    let place = try place()
    func said(_ file: String) throws -> String {
      let run = try place.lander("plan", "--params", file)
      #expect(run.code == 2)
      return run.err
    }
    #expect(try said("nothing.json").contains("nothing.json cannot be read: there is no such file\n  → name a file that is there"))
    #expect(try said("/").contains("/ is a folder, and a file was expected\n  → name the file in it"))
    #expect(try said("/dev/zero").contains("/dev/zero is larger than"))
    try place.write(String(repeating: " ", count: 1 << 21), to: "large.json")
    try FileManager.default.createSymbolicLink(atPath: place.path + "/link.json", withDestinationPath: "large.json")
    #expect(try said("link.json").contains("link.json is larger than"))
    let pipe = place.path + "/pipe"
    #expect(mkfifo(pipe, 0o600) == 0)
    let piped = try place.start(["plan", "--json", "--params", "pipe"])
    try Data(#"{ "level": "high" }"#.utf8).write(to: URL(fileURLWithPath: pipe))
    #expect(piped.wait() == 0 && piped.said(piped.out).contains(#""level":"high""#), "\(piped.everything)")
  }

  @Test("a variable of a task's parameter is no mistake of another command")
  func tasks() throws {
    let body =
      "params = { level = param.string { default = \"low\" } }, tasks = { task \"t\" { params = { size = param.integer {} }, "
      + "run = function(host) host:run \"true\" end } },"
    let place = try Workplace.project(hosts: 1, body: body)
    let variables = ["LANDER_PARAM_SIZE": "7", "LANDER_PARAM_LEVEL": "high"]
    let plan = try place.start(["plan"], variables)
    #expect(plan.wait() == 0, "\(plan.everything)")
    let run = try place.start(["run", "t", "--plan"], variables)
    #expect(!run.everything.contains("LANDER_PARAM") && run.wait() != 2, "\(run.everything)")
  }

  @Test("a number that a fraction cannot hold arrives exactly, from each source, or is refused")
  func exact() throws {
    let place = try Workplace.project(
      hosts: 1,
      body: """
        params = { own = param.number { default = 9007199254740993 }, n = param.number { default = 0 } },
        on = { ApplicationStart = function(host, deployment)
          host:run(string.format("echo %s %s", deployment.params.own, deployment.params.n))
        end },
        """)
    let exact = "9007199254740993"
    try place.write("{\"n\":\(exact)}", to: "n.json")
    for (words, variables) in [
      (["--param", "n=\(exact)"], [:]), (["--n", exact], [:]), (["--params", "n.json"], [:]), ([], ["LANDER_PARAM_N": exact]),
    ] as [([String], [String: String])] {
      let run = try place.run(["deploy", "--force", "--verbose"] + words, variables)
      #expect(run.code == 0 && run.everything.contains("\(exact) \(exact)"), "\(words): \(run.everything)")
    }
    for (text, said) in [
      ("{\"n\":9007199254740993.0}", "is a fraction with too many digits"), ("{\"n\":9223372036854775808}", "is out of range"),
      ("{\"n\":1e400}", "is out of range"), ("{\"n\":\"18446744073709551615\"}", "18446744073709549568 and 18446744073709551616"),
    ] {
      try place.write(text, to: "n.json")
      let run = try place.lander("plan", "--params", "n.json")
      #expect(run.code == 2 && run.err.contains(said), "\(text): \(run.everything)")
    }
    let bound = try Workplace.project(hosts: 1, body: "params = { n = param.number { max = 9007199254740993 } },")
    let refused = try bound.lander("plan", "--n", "1")
    #expect(refused.code == 2 && refused.err.contains("max of param.number cannot be held exactly"), "\(refused.everything)")
  }
}
