import DeployModel
import Testing

@testable import DeployDesk

/// `host:service` in tests of recipes. Its command lines are answered by pattern, like the commands of `host:run`.
@Suite("Services in tests of recipes")
struct ServiceTrialTests {
  private static let main = """
    group "all" { hosts = { "web1" } }
    recipe "web" {
      path = "/srv/web", targets = group "all", revision = bundle { from = "dist" },
      on = {
        ApplicationStart = function(host) host:service("restart", "shop", { sudo = true, timeout = "10s" }) end,
        ValidateService = function(host)
          if not host:service("state", "shop", { rehearse = "active" }).active then fail "shop does not run" end
        end,
      },
    }
    """

  @Test("hosts of a test answer the commands of a service, and one that becomes active late is waited for")
  func answers() async throws {
    let found = try await SpecBench.results(
      """
      it("a test", function(t)
        local shown = { command = "systemctl show", stdout = "ActiveState=active\\n" }
        local good = t:deploy("web", { fresh = true, answers = {
          { command = "is-active shop", status = 3, stdout = "activating\\n", times = 2 }, shown } })
        t:expect(good.status):equals "succeeded"
        t:expect(good:ran "sudo -n systemctl restart shop"):equals(1)
        t:expect(good:ran "systemctl is-active shop"):equals(3)
        local bad = t:deploy("web", { fresh = true, answers = {
          { command = "is-active shop", status = 3, stdout = "failed\\n" },
          { command = "systemctl status", status = 3, stdout = "x shop\\n Active: failed (oom)\\n\\nout of memory\\n" },
          { command = "systemctl show", optional = true } } })
        t:expect(bad.failure):contains "shop did not become active; shop is failed (oom)"
        local slow = t:deploy("web", { fresh = true, answers = { { command = "is-active", status = 3, stdout = "activating\\n" } } })
        t:expect(slow.failure):contains "waited 10 s for shop to become active"
      end)
      """, main: Self.main)
    #expect(found.compactMap { $0.problem.map { "\($0.message); \($0.fix ?? "")" } } == [])
  }
}
