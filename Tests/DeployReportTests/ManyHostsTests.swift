import DeployModel
import DeployReport
import Testing

@Suite("What is said of hundreds of hosts")
struct ManyHostsTests {
  private static func status(_ count: Int) -> StatusReport {
    let empty = HostState(facts: HostFacts(shell: "dash", user: "root", bootID: "b", freeBytes: 1, freeInodes: 1))
    var odd = empty
    odd.current = "8d1e00112233"
    let hosts = (1...count).map { number in (name: "web\(number)", survey: Survey.reached(number == 7 ? odd : empty)) }
    return StatusReport("web on production", hosts: hosts, now: Stories.start)
  }

  @Test("on a terminal status has one row for hosts with the same, and one for each that differs; elsewhere each host has its line")
  func status() {
    let text = Self.status(300).lines(on: Surface(width: 80, terminal: true))
    #expect(
      text.prefix(5) == [
        "web on production, 300 of 300 hosts reached", "  HOST       RELEASE       REVISION    DEPLOYMENT  WHEN  BY",
        "  299 hosts  nothing yet", "  web7       8d1e00112233  no receipt", "  lander status | cat has a line for each host",
      ], "\(text)")
    #expect(Self.status(300).lines(on: Surface()).count > 300)
    #expect(Self.status(40).lines(on: Surface(width: 80, terminal: true)).contains("  web39  nothing yet"))
  }
}
