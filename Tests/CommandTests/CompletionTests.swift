import Testing

@Suite("Shells and manuals")
struct CompletionTests {
  @Test("each shell's completions name the commands, and ask lander itself for recipes, groups and deployments")
  func completions() throws {
    let place = try Workplace.project()
    for shell in ["bash", "zsh", "fish"] {
      let script = try place.lander("completions", shell)
      #expect(
        script.code == 0 && script.out.contains("rollback") && script.out.contains("---completion"), "\(shell): \(script.out.prefix(400))")
    }
    #expect(try place.lander("completions", "tcsh").code == 2)
    let recipes = try place.lander("---completion", "status", "--", "positional@0", "2", "0", "lander", "status", "")
    #expect(recipes.out.contains("app"), "\(recipes.out)\(recipes.err)")
    let none = try Workplace().lander("---completion", "status", "--", "positional@0", "2", "0", "lander", "status", "")
    #expect(!none.err.contains("deploy.lua"), "\(none.err)")
  }

  @Test("after lander run come the names of tasks, and then the recipes that have it")
  func tasks() throws {
    let place = try Workplace([
      "deploy.lua": """
      recipe "app" {
        targets = { "h1" }, path = "/srv/app", revision = bundle { from = "dist" },
        tasks = { task "sweep" { run = function(host) host:run "sweep" end } },
      }
      recipe "other" { targets = { "h1" }, path = "/srv/other", revision = bundle { from = "dist" } }
      """
    ])
    func names(_ words: String...) throws -> [String] {
      let command = ["---completion", words[0], "--", "positional@0", "\(words.count + 1)", "0", "lander"] + words + [""]
      let run = try place.run(command)
      return run.outLines.map { String($0.prefix { $0 != ":" && $0 != "\t" }) }
    }
    #expect(try names("run") == ["sweep"])
    #expect(try names("run", "sweep") == ["app"])
    #expect(try names("deploy") == ["app", "other"])
  }

  @Test("the manual page has every command, and no line that roff would take for a request of its own")
  func manual() throws {
    let page = try Workplace().lander("help-pages", "--man")
    #expect(page.code == 0 && page.out.hasPrefix(".TH LANDER 1 ") && page.out.contains(".SH LANDER BUNDLE PRUNE\n"))
    let requests = Set(page.outLines.filter { $0.hasPrefix(".") || $0.hasPrefix("'") }.map { $0.prefix { $0 != " " } })
    #expect(requests == [".TH", ".SH", ".nf", ".fi"], "\(requests)")
  }
}
