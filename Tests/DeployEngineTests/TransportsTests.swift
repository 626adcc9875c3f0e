import DeployCore
import DeployEngine
import DeployModel
import DeploySimulation
import PlanDrafts
import Testing

/// Tests how transports are found by their names.
struct TransportsTests {
  private let one = SimulatedTransport(hosts: [SimulatedHost(name: "a")], clock: VirtualClock(), pace: .instant)
  private let two = SimulatedTransport(hosts: [SimulatedHost(name: "b")], clock: VirtualClock(), pace: .instant)
  private let shells = SimulatedTransport(hosts: [SimulatedHost(name: "c")], clock: VirtualClock(), pace: .instant)
  private var all: Transports { Transports([.init("first", one), .init("second", two)], shells: shells) }

  private func isReached(_ host: Host) async -> Bool {
    let survey = await all.survey(host, at: "/srv", application: "shop", group: "all", shared: [])
    if case .reached = survey { return true }
    return false
  }

  @Test("each host is reached by the transport that its name stands for, and one with an argv by what gives shells")
  func routes() async {
    for (name, transport, isThere) in [("a", "first", true), ("a", "second", false), ("b", "second", true), ("b", "first", false)] {
      #expect(await isReached(Host(name: name, transport: transport)) == isThere, "\(name) by the \(transport)")
    }
    #expect(await isReached(Host(name: "c", transport: "docker", argv: ["docker", "exec", "c", "sh"])))
  }

  @Test("a host whose transport nobody knows is refused with the names there are, or the one that is near, and nothing is asked")
  func unknown() async {
    for (name, fix) in [("secnd", "did you mean \"second\"?"), ("agent", "there are \"first\", \"second\"")] {
      let host = Host(name: "a", transport: name)
      let wanted = Failure(.invalid, "host a: there is no transport \"\(name)\"", fix: fix)
      #expect(await all.survey(host, at: "/srv", application: "shop", group: "all", shared: []) == .unreachable(wanted))
      #expect(await all.refusal(of: ["deploy"], on: host) == wanted)
      let site = HostSite(host: host, deployment: "d1", application: "shop", group: "all", path: "/srv", fence: 1, token: "t")
      let intent = Intent(id: 1, place: .host(0), operation: .exists(path: "x"), timeout: .seconds(1), site: .init())
      #expect(await all.perform(intent, at: site) { _ in }.failure == wanted)
      await all.cancel(1, at: site)
    }
    #expect([one, two, shells].allSatisfy { $0.hosts[0].jobs.isEmpty })
  }
}
