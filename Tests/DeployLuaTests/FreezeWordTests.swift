import DeployLua
import DeployModel
import Testing

@Suite("Freeze windows in recipes")
struct FreezeWordTests {
  private func text(_ freeze: String) -> String { "recipe \"web\" {\n  path = \"/srv/web\",\n  freeze = \(freeze),\n}\n" }

  private func windows(_ freeze: String) throws -> [FreezeWindow] { try load(text(freeze)).project.recipes[0].freeze }

  @Test("a window has days, dates, hours, a zone and a name, and one table is a list of one")
  func read() throws {
    let one = try windows(
      "{ days = \"fri-mon, wednesday\", dates = { \"2026-12-23..2027-01-02\", \"1970-01-02\" }, from = \"15:30\", to = \"8:00\", "
        + "zone = \"Europe/Berlin\", name = \"holidays\" }")
    #expect(
      one == [
        FreezeWindow(
          days: [5, 6, 7, 1, 3], dates: [.init(first: 20_810, last: 20_820), .init(first: 1, last: 1)], from: 930, to: 480,
          zone: "Europe/Berlin", name: "holidays", place: one.first?.place)
      ])
    #expect(one.first?.place?.line == 3)
    let two = try windows("{ { days = \"sat-sun\" }, { from = \"22:00\", to = \"24:00\" } }")
    #expect(two.map(\.days) == [[6, 7], []] && two.map(\.from) == [0, 1320] && two.map(\.to) == [1440, 1440])
    #expect(two.map(\.zone) == ["UTC", "UTC"] && two.map(\.name) == ["freeze", "freeze"])
  }

  @Test(
    "what is no window is refused with what was written and what would be right",
    arguments: [
      ("{ days = \"fry\" }", "days of freeze of recipe \"web\" has \"fry\", which is no weekday; did you mean \"fri\"?"),
      ("{ days = \"\" }", "days of freeze of recipe \"web\" names no weekday; leave it out for every day"),
      ("{ from = \"25:00\" }", "from of freeze of recipe \"web\" is \"25:00\", which is no time of day; write \"08:30\""),
      ("{ to = \"24:01\" }", "to of freeze of recipe \"web\" is \"24:01\", which is no time of day; write \"08:30\""),
      (
        "{ dates = \"2026-02-29\" }",
        "dates of freeze of recipe \"web\" has \"2026-02-29\", which is neither a date nor a time from one to a later one; "
          + "write \"2026-12-24\" or \"2026-12-23..2027-01-02\""
      ),
      ("{ zone = \"UTC\" }", "freeze of recipe \"web\" names no time, so nothing would ever be deployed; give it days, dates, from or to"),
      (
        "{ dayz = \"fri\", from = \"1:00\" }",
        "freeze of recipe \"web\" has no field \"dayz\"; did you mean days?"
      ),
    ])
  func mistakes(freeze: String, message: String) {
    let found = problems(text(freeze))
    #expect(found.count == 1 && found[0].hasSuffix(": \(message)"), "\(found)")
  }

  @Test("a recipe has the windows of its base, and its own instead if it says some")
  func base() throws {
    let text = """
      local company = recipe { freeze = { days = "sat-sun" } }
      recipe "a" { base = company, path = "/srv/a" }
      recipe "b" { base = company, path = "/srv/b", freeze = { days = "fri" } }
      """
    #expect(try load(text).project.recipes.map { $0.freeze.map(\.days) } == [[[6, 7]], [[5]]])
  }
}
