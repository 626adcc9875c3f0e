import DeployLua
import DeployModel
import Foundation
import Testing

/// Correct code in branches that no rehearsal reaches, about which a check must not warn. `Fixtures/right-code.lua` and `right-code-2.lua`
/// contain one case after the other, each after a line `--- name`. The lines after `-- in a hook` become the body of a hook with the
/// arguments `host` and `deployment`.
@Suite("Right code where nothing runs")
struct RightCodeTests {
  struct Style: Sendable, CustomTestStringConvertible {
    var name: String
    /// The code before the recipe.
    var before = ""
    var body = ""
    var testDescription: String { name }
  }

  static let styles: [Style] = {
    let texts = ["right-code", "right-code-2"].map { name in
      let file = Shipped.root.appending(path: "Tests/DeployLuaTests/Fixtures/\(name).lua")
      return (try? String(contentsOf: file, encoding: .utf8)) ?? ""
    }
    let text = texts.joined()
    var (found, isInHook) = ([Style](), false)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.hasPrefix("--- ") {
        found.append(Style(name: String(line.dropFirst(4))))
        isInHook = false
      } else if line == "-- in a hook" {
        isInHook = true
      } else if let last = found.indices.last {
        if isInHook { found[last].body += line + "\n" } else { found[last].before += line + "\n" }
      }
    }
    return found
  }()

  private static let tracker = [
    "plugins/tracker/plugin.lua": #"return { name = "tracker", version = "1.0.0", api = 1, summary = "x" }"#,
    "plugins/tracker/init.lua": "return { new = function() return {} end }",
  ]

  private static func warnings(_ before: String, _ body: String) throws -> [String] {
    let recipe = """
      group "g" { hosts = { "web1", "web2" }, vars = { never = false } }
      \(before)
      recipe "app" { revision = bundle { from = "site" }, targets = group "g", path = "/srv/app",
        on = { AfterInstall = function(host, deployment) if host.vars.never then
      \(body)
        end end } }
      """
    let read = try load(recipe, files: tracker)
    return read.project.warnings.map { "\($0.place?.line ?? 0): \($0.message)" }
  }

  @Test("there are many styles")
  func many() { #expect(Self.styles.count > 60 && Self.styles.allSatisfy { !$0.body.isEmpty }) }

  @Test("valid code gets no warning", arguments: styles)
  func silent(_ style: Style) throws { #expect(try Self.warnings(style.before, style.body) == []) }

  /// A check stays silent about unknown values, but still reports certain mistakes beside them.
  @Test(
    "a mistake beside what nobody knows is still told, once",
    arguments: [
      ("local r, n = host:try \"true\", 1 log(r.stdot .. n)", "a result has no stdot"),
      ("local a = 1; host:rum \"true\"; log(a)", "a host has no rum"),
      ("repeat local r = host:try \"true\" until r.okay", "a result has no okay"),
      ("each(deployment.targets, function(h) h:rum \"true\" end)", "a host has no rum"),
      ("local r = host:try \"true\" while r do sleep(1) end", "a result is true whatever it says"),
      ("host:wait_for { port = 0x1FFFF }", "port of host:wait_for must be a port from 1 to 65535, got 131071"),
      ("host.run \"true\"", "host:run is written with a colon"),
      ("local t = { x = 1, y = host:rum() } log(t.x)", "a host has no rum"),
    ])
  func told(_ body: String, _ said: String) throws {
    let warnings = try Self.warnings("", body)
    #expect(warnings.count == 1 && warnings[0].contains(said), "\(warnings)")
  }
}
