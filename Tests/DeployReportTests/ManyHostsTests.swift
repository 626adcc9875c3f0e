import DeployModel
import DeployReport
import Foundation
import PlanDrafts
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

  @Test("on a terminal a report has a line for each host that needs attention, and one for all others with the same end")
  func report() {
    let names = (1...100).map { "web\($0)" }
    let ends = names.indices.map { $0 == 50 ? HostStatus.restored(Stories.broken) : $0 < 60 ? .succeeded : .pending }
    let conclusion = Conclusion(status: .failed, error: Stories.broken, hosts: ends)
    let entries = Stories.entries([.planned(Stories.plan(hosts: names)), .concluded(conclusion)])
    let document = DeploymentDocument([Chronicle(entries)]).document
    let text = document.lines(on: Surface(width: 80, terminal: true)).joined(separator: "\n")
    #expect(text.contains("\n  web51     restored\n  59 hosts  succeeded    web1 web2 web3 web4 web5 web6 …\n"), "\(text)")
    #expect(text.contains("\n  40 hosts  not started  web61 web62"), "\(text)")
    #expect(document.lines(on: Surface()).contains { $0.hasPrefix("  web99") })
  }

  @Test("on a terminal verify counts the hosts that are as they should be, and names the others")
  func verify() {
    let good = HostVerdict.compared(Verification(release: "8d1e00112233", bundle: Stories.digest, entries: 2, deviations: []))
    let hosts = (1...100).map { (name: "web\($0)", verdict: $0 == 7 ? HostVerdict.empty : good) }
    let report = VerifyReport(recipe: "web", group: "production", hosts: hosts)
    #expect(
      report.lines(on: Surface(width: 80, terminal: true)) == [
        "web on production", "  99 hosts: the release is as it was delivered", "  web7: nothing is deployed here",
      ])
    #expect(report.lines(on: Surface()).count == 101)
  }

  @Test("the list of tools is folded to the window")
  func tools() {
    let tools = ["bash", "busybox", "curl", "flock", "runuser", "setfacl", "setpriv", "sudo", "systemctl", "systemd-run", "wget"]
    let facts = HostFacts(shell: "dash", user: "root", tools: tools, bootID: "b", freeBytes: 1, freeInodes: 1)
    let report = HostsReport([FoundPlace(host: Host(number: 0, name: "web1"), path: "/srv/app", survey: .reached(HostState(facts: facts)))])
    #expect(
      report.lines(on: Surface(width: 60, terminal: true)).suffix(2) == [
        "Tools on every host reached: bash busybox curl flock runuser", "setfacl setpriv sudo systemctl systemd-run wget",
      ])
    #expect(report.lines(on: Surface()).last?.hasSuffix("systemd-run wget") == true)
  }

  @Test("the story of a deployment says once what failed in the same way on several hosts")
  func explained() {
    let names = (1...8).map { "web\($0)" }
    let facts = names.indices.flatMap { number -> [Entry.Fact] in
      [
        .noted(.eventBegan(host: number, .validateService)),
        .noted(.eventEnded(host: number, .validateService, error: Stories.broken)),
      ]
    }
    let opening: [Entry.Fact] = [.planned(Stories.plan(hosts: names)), .noted(.waveBegan(number: 1, hosts: Array(names.indices)))]
    let entries = Stories.entries(opening + facts)
    let text = Explanation([Chronicle(entries)]).document.lines(on: Surface()).joined(separator: "\n")
    let failed = "11:30:48  web1, web2, web3, web4, web5, web6 and 2 more failed in ValidateService at deploy.lua:31: curl"
    #expect(text.contains(failed) && text.components(separatedBy: "ended with exit status 22.").count == 2, "\(text)")
  }
}
