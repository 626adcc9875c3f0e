import DeployModel
import Foundation
import Testing

@testable import lander

@Suite("Parameters beside options")
struct OptionNameTests {
  @Test("a parameter that an option of lander would take is refused by every command, with its line")
  func refusedNames() throws {
    for name in ["group", "force", "batch", "user", "revision", "only", "hosts", "param", "help", "verbose", "seed", "application_name"] {
      let problem = OptionNames.clash(Parameter(name: name, kind: .string(match: nil)))
      let typed = name.replacing("_", with: "-")
      #expect(problem?.message == "parameter \"\(name)\" cannot be given as an option, because --\(typed) is an option of lander itself")
      #expect(problem?.fix == "give it a name of its own, such as \"app_\(name)\"")
    }
    let place = try Workplace.project(body: "params = {\napplication_name = param.string { default = \"x\" } },")
    for command in ["check", "list", "deploy", "plan", "rehearse", "simulate", "rollback"] {
      try refused(
        place, [command],
        """
        deploy.lua:9: parameter "application_name" cannot be given as an option, because --application-name is an option of lander itself
          → give it a name of its own, such as "app_application_name"

        """)
    }
  }

  @Test("a yes-or-no parameter whose --no- form is an option is refused too")
  func negated() throws {
    let place = try Workplace.project(body: "params = { restore = param.boolean { default = true } },")
    let run = try place.lander("check")
    #expect(run.code == 2 && run.err.contains("--no-restore is an option of lander itself"), "\(run.err)")
    let text = try Workplace.project(body: "params = { restore = param.string { default = \"x\" } },")
    #expect(try text.lander("check").code == 0)
  }

  @Test("the names that are refused are the options that the commands have")
  func derived() {
    let (listed, known) = (Set(ReservedNames.all), OptionNames.all)
    #expect(listed.isSubset(of: known), "no option any more: \(listed.subtracting(known).sorted())")
    #expect(known.isSubset(of: listed), "missing: \(known.subtracting(listed).sorted())")
    #expect(known.isSuperset(of: ["group", "revision", "force", "hosts", "seed", "project", "appspec", "no-restore"]))
    #expect(!known.contains("version"))
  }

  @Test("--version after a command is the recipe's parameter, and never ends a deployment in a success that deployed nothing")
  func version() throws {
    let place = try Workplace.project(
      body: """
        params = { version = param.string { match = "^v%d+$" } },
        on = { AfterInstall = function(host, deployment) host:write("deployed", deployment.params.version) end },
        """)
    #expect(try place.lander("list").out.contains("--version <text>"))
    let run = try place.lander("deploy", "app", "--version", "v12")
    #expect(run.code == 0, "\(run.err)\(run.out)")
    #expect(try place.current("h1", "deployed") == "v12")
    #expect(try place.lander("plan", "--version=v13").code == 0)
    for words in [["deploy", "app", "--version"], ["plan", "--version"]] {
      let bare = try place.run(words)
      #expect(bare.code == 2 && bare.err.contains("--version: it needs a value"), "\(bare.err)")
    }
    let wrong = try place.lander("deploy", "--version", "1; rm -rf /")
    #expect(wrong.code == 2 && wrong.err.contains("\"1; rm -rf /\" is not a string that matches ^v%d+$"), "\(wrong.err)")
    for words in [["status", "--version"], ["rollback", "app", "--version", "v1"], ["check", "--version"]] {
      let other = try place.run(words)
      #expect(other.code != 0 && other.out == "", "\(words): \(other.out)")
    }
    let own = try place.lander("--version")
    #expect(own.code == 0 && own.out == "0.1.0\n")
  }

  @Test("--version for a recipe that declares none is an unknown option")
  func undeclared() throws {
    try refused(
      Workplace.project(), ["deploy", "app", "--version", "v1"],
      """
      unknown option --version
        → to give the recipe a version, declare it: params = { version = param.string {} }; lander --version prints lander's version

      """)
  }

  @Test("of two recipes with one parameter of different kinds, the named recipe's kind counts")
  func kinds() throws {
    let place = try Workplace.project(
      body: "params = { migrate = param.boolean { default = true } },",
      more: """
        recipe "other" { path = "/srv/other", revision = bundle { from = "app" }, targets = group "test",
          params = { migrate = param.choice { "fast", "slow", default = "slow" } } }
        """)
    #expect(try place.lander("plan", "other", "--migrate", "fast").code == 0)
    #expect(try place.lander("plan", "app", "--migrate").code == 0)
  }
}
