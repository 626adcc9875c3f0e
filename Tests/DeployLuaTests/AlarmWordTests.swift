import DeployLua
import DeployModel
import Testing

@Suite("Alarms in recipes")
struct AlarmWordTests {
  private func text(_ alarm: String, more: String = "") -> String {
    "recipe \"web\" {\n  path = \"/srv/web\",\n  alarm = \(alarm),\(more)\n}\n"
  }

  @Test("an alarm has a time, one question and bounds, and says from which line it comes")
  func read() throws {
    let http = try #require(
      try load(
        text(
          "{ during = \"60m\", every = \"30s\", http = \"http://localhost/ready\", status = { 200, 204 }, allow = 3, timeout = \"5s\", "
            + "name = \"errors\" }")
      ).project.recipes[0].alarm)
    #expect(
      http
        == Alarm(
          during: .minutes(60), check: .http(url: "http://localhost/ready", status: [200, 204]), every: .seconds(30), limit: .seconds(5),
          allow: 3, name: "errors", place: http.place))
    #expect(http.place?.line == 1)
    let port = try #require(try load(text("{ during = \"1d\", port = 80, from = \"engine\" }")).project.recipes[0].alarm)
    #expect(port.check == .port(80) && port.isFromEngine && port.every == Interval(milliseconds: 172_800) && port.allow == 0)
    let command = try #require(try load(text("{ during = 5, command = \"bin/ok\" }")).project.recipes[0].alarm)
    #expect(command.check == .command("bin/ok") && command.every == .seconds(5) && command.name == "alarm")
    #expect(try load("recipe \"web\" { path = \"/srv/web\" }\n").project.recipes[0].alarm == nil)
  }

  @Test(
    "what is no alarm is refused with what was written and what would be right",
    arguments: [
      (
        "{ port = 80 }",
        "alarm of recipe \"web\" needs during; how long the alarm lasts after the deployment has succeeded: 1 second to 7 days"
      ),
      (
        "{ during = \"8d\", port = 80 }",
        "during of alarm of recipe \"web\" is 691200 s, and 7 days is the most; let a monitoring system watch after that"
      ),
      ("{ during = \"1ms\", port = 80 }", "during of alarm of recipe \"web\" is shorter than a second"),
      ("{ during = \"1h\", port = 80, timeout = \"1h\" }", "timeout of alarm of recipe \"web\" is 3600 s, and 5 minutes is the most"),
      (
        "{ during = \"1h\", command = \"true\\0x\" }",
        "command of alarm of recipe \"web\" has a zero byte, which no command can hold"
      ),
      ("{ during = \"1h\" }", "alarm of recipe \"web\" takes exactly one of http, port and command"),
      ("{ during = \"1h\", port = 80, command = \"x\" }", "alarm of recipe \"web\" takes exactly one of http, port and command"),
      ("{ during = \"1h\", port = 80, status = 200 }", "status of alarm of recipe \"web\" is for http"),
      ("{ during = \"1h\", port = 80, every = \"0.5s\" }", "every of alarm of recipe \"web\" is 0.5 s, and a second is the least"),
      (
        "{ during = \"7d\", port = 80, every = \"10s\" }",
        "alarm of recipe \"web\" would check each host 60480 times, and 1000 times is the most; write every = \"605s\" or more"
      ),
      ("{ durring = \"1h\", port = 80 }", "alarm of recipe \"web\" has no field \"durring\"; did you mean during?"),
      (
        "{ during = \"1h\", check = function() end }",
        "alarm of recipe \"web\" takes no check: functions run only while a deployment is under way; use http, port or command; "
          + "a function can check hosts during the deployment, with rollout:watch"
      ),
    ])
  func mistakes(alarm: String, message: String) {
    let found = problems(text(alarm))
    #expect(found.contains { $0.hasSuffix(": \(message)") }, "\(found)")
    #expect(found.count == (alarm.contains("durring") ? 2 : 1), "\(found)")
  }

  @Test("all that is wrong with an alarm is told at once")
  func allAtOnce() {
    let found = problems(text("{ during = \"8d\", every = \"10ms\", port = 99999, statu = 3, check = function() end, timeout = \"1h\" }"))
    for part in ["during of", "every of", "port of", "statu", "takes no check", "timeout of"] {
      #expect(found.contains { $0.contains(part) }, "\(part): \(found)")
    }
    #expect(found.count == 6, "\(found)")
  }

  @Test("a recipe that keeps what failed cannot have an alarm, and a recipe has the alarm of its base")
  func base() throws {
    #expect(
      problems(text("{ during = \"1h\", port = 80 }", more: " rollback = false,")) == [
        "deploy.lua:3: recipe \"web\" has an alarm, which rolls hosts back, and rollback = false, which forbids that; leave one of them out"
      ])
    let bases = """
      local company = recipe { alarm = { during = "1h", port = 80 } }
      recipe "a" { base = company, path = "/srv/a" }
      recipe "b" { base = company, path = "/srv/b", alarm = { during = "2h", port = 81 } }
      """
    #expect(try load(bases).project.recipes.map { $0.alarm?.check } == [.port(80), .port(81)])
  }

  @Test("an alarm of a plugin needs the grant of what it asks")
  func granted() {
    let plugin = [
      "plugins/base/plugin.lua": "return { name = \"base\", version = \"1.0.0\", api = 1, capabilities = {} }\n",
      "plugins/base/init.lua": "return recipe { alarm = { during = \"1h\", command = \"bin/ok\" } }\n",
    ]
    let found = problems("local base = require \"base\"\nrecipe \"web\" { base = base, path = \"/srv/web\" }\n", files: plugin)
    #expect(found.contains { $0.contains("plugin \"base\" needs \"host.run\" for recipe.alarm") }, "\(found)")
  }
}
