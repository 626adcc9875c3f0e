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
    #expect(text.contains("LANDER_PARAM_LEVL: no recipe has a parameter of that name\n  → did you mean LANDER_PARAM_LEVEL?"), "\(text)")
    #expect(text.contains("--params: list.json is no JSON object"), "\(text)")
    let value = try place.start(["plan"], ["LANDER_PARAM_DRY_RUN": "perhaps"])
    #expect(value.wait() == 2 && value.everything.contains("--dry_run: \"perhaps\" is not true or false"), "\(value.everything)")
    try place.write(#"{ "levl": "high" }"#, to: "params.json")
    let name = try place.lander("plan", "--params", "params.json")
    #expect(name.code == 2 && name.err.contains("did you mean --level?"), "\(name.err)")
  }
}
