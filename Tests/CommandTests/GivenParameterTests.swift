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
