import DeployModel
import Testing

@testable import DeployDesk

/// HTTP requests in tests of recipes.
@Suite("http in tests of recipes")
struct HTTPTrialTests {
  private static let main = """
    group "all" { hosts = { "web1", "web2" } }
    recipe "web" {
      path = "/srv/web", targets = group "all", revision = bundle { from = "dist" },
      on = {
        ValidateService = function(host)
          local health = http.get("https://api.example.com/health?host=" .. host.name):json()
          log.info("%s is %s", host.name, health.state)
        end,
      },
      on_success = function() http.post("https://chat.example.com/hook", { json = { text = "out" } }) end,
    }
    """

  private func results(_ body: String) async throws -> [String] {
    try await SpecBench.results("it(\"a test\", function(t)\n\(body)\nend)", main: Self.main).compactMap {
      $0.problem.map { "\($0.message)\($0.fix.map { "; \($0)" } ?? "")" }
    }
  }

  @Test("servers answer by the URL, each as often as it says, and requests are among the commands")
  func answers() async throws {
    let found = try await results(
      """
      local run = t:deploy("web", { http = {
        { url = "https://api.example.com/health?host=web1", json = { state = "well" }, times = 1 },
        { url = "https://api.example.com/*", method = "GET", body = '{"state": "slow"}', takes = "2s" } } })
      t:expect(run.status):equals "succeeded"
      t:expect(run.log):equals { "web1 is well", "web2 is slow" }
      t:expect(run:ran("GET https://api.example.com/health", "here")):equals(2)
      t:expect(run:ran "POST https://chat.example.com/hook"):equals(1)
      """)
    #expect(found == [])
  }

  @Test("a bad status, a server that cannot be reached and an answer that is no JSON fail the host in the words of the request")
  func bad() async throws {
    let found = try await results(
      """
      local function failure(answer)
        answer.url = "https://api.example.com/*"
        return t:deploy("web", { http = { answer } }).failure
      end
      t:expect(failure { status = 503, body = "db is down" }):contains "health?host=web1: status 503: db is down"
      t:expect(failure { failure = "no route" }):contains "no route"
      t:expect(failure { body = "<html>" }):contains "the answer is no JSON"
      t:expect(t:deploy("web").failure):contains "its body is empty"
      t:expect(failure { status = 302, location = "http://api.example.com/" }):contains "which is not encrypted"
      """)
    #expect(found == [])
  }

  @Test("an answer that no request took fails the test and says what was asked")
  func unused() async throws {
    let body = "t:expect(t:deploy(\"web\", { http = { { url = \"https://other/*\", method = \"GET\" } } }).status):equals \"failed\""
    let found = try await results(body)
    #expect(found.count == 1 && found[0].contains("no request took answer 1 of http in t:deploy: GET https://other/*"), "\(found)")
    #expect(found.first?.contains("the first request was GET https://api.example.com/health?host=web1") == true)
    #expect(try await results(body.replacing("method = \"GET\"", with: "optional = true")) == [])
  }
}
