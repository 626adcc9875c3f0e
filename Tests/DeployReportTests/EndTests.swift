import DeployModel
import DeployReport
import PlanDrafts
import Testing

/// What reports and exit codes say about deployments whose hosts were taken over, or whose rollback failed.
@Suite struct EndTests {
  private let fenced = Failure(.fenced, "h1 refused run: its fence is 9", fix: "another deployment took over: `lander status`")

  @Test("a deployment that a newer one took over exits with 4, and says so instead of calling a healthy host unreachable")
  func takenOver() {
    let end = Conclusion(status: .failed, error: ScriptError(fenced), hosts: [.unknown(fenced), .pending])
    #expect(ExitCode(end) == .locked)
    let story = DeploymentStory(
      Stories.entries([.planned(Stories.plan()), .happened(.started), .noted(.host(0, .unknown(fenced))), .concluded(end)]))
    let text = Summary(story).lines(on: Surface()).joined(separator: "\n")
    #expect(text.contains("  Hosts   1 taken over · 1 not started"), "\(text)")
    #expect(text.contains("  A newer deployment took over, and what they run is its business: web1"), "\(text)")
    #expect(text.contains("lander status --group production  what each host runs now"), "\(text)")
    #expect(!text.contains("Unreachable"), "\(text)")
  }

  @Test("a host that is really gone or broken outweighs the takeover of another")
  func takenOverAndGone() {
    let gone = HostStatus.unknown(Failure(.unreachable, "no route"))
    #expect(ExitCode(Conclusion(status: .failed, error: ScriptError(fenced), hosts: [.unknown(fenced), gone])) == .rollbackFailed)
  }

  @Test("a rollback that a newer deployment took over exits with 4, one that failed with 11, one that went well with 10")
  func rollback() {
    let first = Conclusion(status: .failed, error: Stories.broken, rollback: [1], hosts: [.restored(Stories.broken), .succeeded])
    let taken = Conclusion(status: .failed, error: ScriptError(fenced), hosts: [.unknown(fenced)])
    let broken = Conclusion(
      status: .failed, error: Stories.broken, hosts: [.restoreFailed(Stories.broken, restoring: Stories.broken, commands: [])])
    #expect(ExitCode(first, rollback: taken) == .locked)
    #expect(ExitCode(first, rollback: broken) == .rollbackFailed)
    #expect(ExitCode(first, rollback: Conclusion(status: .succeeded, hosts: [.succeeded])) == .rolledBack)
  }

  @Test("a budget excuses failed hosts, and names them; a host that a person has to bring back is no success")
  func withinBudget() {
    let names = ["web1", "web2", "web3"]
    func end(_ last: HostStatus, _ others: HostStatus = .succeeded) -> (code: ExitCode, text: String) {
      let conclusion = Conclusion(status: .succeeded, hosts: [others, others, last])
      let story = DeploymentStory(Stories.entries([.planned(Stories.plan(hosts: names)), .concluded(conclusion)]))
      return (ExitCode(conclusion), Summary(story).lines(on: Surface()).joined(separator: "\n"))
    }
    let restored = end(.restored(Stories.broken))
    #expect(restored.code == .done && restored.text.hasPrefix("Succeeded within its budget: "), "\(restored.text)")
    #expect(restored.text.contains("lander logs"))
    let lost = end(.unknown(Failure(.unreachable, "no answer")))
    #expect(lost.code == .done && lost.text.contains("Unreachable, nobody knows what they run: web3"), "\(lost.text)")
    let broken = end(.restoreFailed(Stories.broken, restoring: Stories.broken, commands: ["ls"]))
    #expect(broken.code == .rollbackFailed && broken.text.contains("  web3 could not go back"), "\(broken.text)")
    #expect(broken.text.hasPrefix("web3 could not go back, though the rest is within the budget: web of shop to "), "\(broken.text)")
    // The other hosts run the new release well, so the advice must not roll them back.
    #expect(broken.text.contains("lander deploy web --group production --only web3"), "\(broken.text)")
    #expect(!broken.text.contains("lander rollback"), "\(broken.text)")
    // The deployment ran hooks on a host, so the report must not say that there was nothing to do.
    #expect(!end(.restored(Stories.broken), .unchanged).text.contains("Nothing to do"))
    #expect(end(.unchanged, .unchanged).text.hasPrefix("Nothing to do: "))
  }

  @Test("a deployment that changes no host and moves the traffic did something")
  func trafficOnly() throws {
    let shares = try [(100, 0), (0, 100)].map { try #require(Weights([Weights.Share("blue", $0), Weights.Share("green", $1)])) }
    let conclusion = Conclusion(status: .succeeded, hosts: [.unchanged, .kept, .unchanged])
    for (after, words) in [(shares[1], "Succeeded: "), (shares[0], "Nothing to do: ")] {
      let facts: [Entry.Fact] = [
        .planned(Stories.plan(hosts: ["web1", "web2", "web3"])), .noted(.shifted(from: shares[0], to: after)), .concluded(conclusion),
      ]
      let lines = Summary(DeploymentStory(Stories.entries(facts))).lines(on: Surface()).joined(separator: "\n")
      #expect(lines.hasPrefix(words), "\(lines)")
    }
  }

  @Test("a rollback that leaves a host where it was, and a cancelled deployment without rollback, exit with what they left")
  func leftBehind() {
    let failed = Conclusion(status: .failed, error: Stories.broken, hosts: [.unchanged, .restored(Stories.broken)])
    #expect(ExitCode(failed) == .rolledBack)
    #expect(ExitCode(failed, isRollback: true) == .rollbackFailed)
    let cancelled = ScriptError(Failure(.cancelled, "Ctrl-C"))
    #expect(ExitCode(Conclusion(status: .cancelled, error: cancelled, hosts: [.failed(cancelled), .pending])) == .held)
    #expect(ExitCode(Conclusion(status: .cancelled, error: cancelled, hosts: [.restored(cancelled), .pending])) == .cancelled)
  }

  @Test("the next commands are about the hosts, the revision and the parameters that were typed, and not about the whole group")
  func typed() {
    func next(_ kind: Plan.Kind, _ statuses: [HostStatus]) -> String {
      let plan = Stories.plan(hosts: statuses.indices.map { "h\($0 + 1)" }, kind: kind).edited {
        $0.typed = TypedOptions(only: ["h*"], revision: "site2", parameters: [.init("percent", .text("10%"))])
      }
      let noted = statuses.enumerated().map { Entry.Fact.noted(.host($0, $1)) }
      let facts = [.planned(plan)] + noted + [.concluded(Conclusion(status: .failed, error: Stories.broken, hosts: statuses))]
      return Summary(DeploymentStory(Stories.entries(facts))).lines(on: Surface()).joined(separator: "\n")
    }
    let failed = HostStatus.failed(Stories.broken)
    let removal = Plan.Kind.remove(Removal(shared: true, force: true))
    let all = next(removal, [failed, failed])
    #expect(all.contains("lander remove web --group production --only 'h*' --shared --force  removes what is left"), "\(all)")
    let one = next(removal, [.succeeded, failed])
    #expect(one.contains("lander remove web --group production --only h2 --shared --force  removes what is left"), "\(one)")
    let none = next(removal, [.succeeded, .succeeded])
    #expect(!none.contains("lander remove"), "nothing is left: \(none)")
    let held = next(.deploy, [failed, failed])
    #expect(held.contains("lander rollback web --group production --only 'h*'  "), "\(held)")
  }

  @Test("if only the traffic could not be put back no rollback is advised, and none after a first deployment that stopped on purpose")
  func noWay() {
    let weights = Weights([Weights.Share("blue", 100), Weights.Share("green", 0)])
    let stray = weights.map { StrayTraffic(wanted: $0, message: "the balancer is away", commands: ["lb set blue 100"]) }
    func text(_ conclusion: Conclusion) -> String {
      let plan = Stories.plan().edited { for index in $0.hosts.indices { $0.hosts[index].current = nil } }
      let story = DeploymentStory([
        Entry(sequence: 0, at: plan.origin.at, fact: .planned(plan)),
        Entry(sequence: 1, at: plan.origin.at, fact: .concluded(conclusion)),
      ])
      return Summary(story).lines(on: Surface()).joined(separator: "\n")
    }
    let failed = text(Conclusion(status: .failed, error: Stories.broken, hosts: [.restored(Stories.broken), .pending], traffic: stray))
    #expect(failed.contains("The traffic could not be put back to blue 100 %, green 0 %: the balancer is away"), "\(failed)")
    #expect(!failed.contains("lander rollback"), "\(failed)")
    let stopped = text(Conclusion(status: .partial, hosts: [.succeeded, .pending]))
    #expect(!stopped.contains("lander rollback") && stopped.contains("lander deploy web --group production"), "\(stopped)")
  }

  @Test(
    "if rollback is off and hosts stay on the new release, the exit is 12 and they are named, whatever ended the deployment",
    arguments: [Failure.Kind.rejected, .unfit, .failed, .cancelled])
  func stays(_ kind: Failure.Kind) {
    let error = ScriptError(Failure(kind, "no"))
    let plan = Stories.plan().edited { $0.rollback = false }
    let conclusion = Conclusion(
      status: kind == .cancelled ? .cancelled : .failed, error: error, hosts: [.succeeded] + plan.hosts.dropFirst().map { _ in .pending })
    #expect(ExitCode(conclusion) == .held)
    let story = DeploymentStory([
      Entry(sequence: 0, at: plan.origin.at, fact: .planned(plan)),
      Entry(sequence: 1, at: plan.origin.at, fact: .noted(.host(0, .succeeded))),
      Entry(sequence: 2, at: plan.origin.at, fact: .concluded(conclusion)),
    ])
    let text = Summary(story).lines(on: Surface()).joined(separator: "\n")
    #expect(text.contains("Left as they are, because rollback is off: \(plan.hosts[0].host.name)"), "\(text)")
    #expect(!text.contains("is back on what it ran before"), "\(text)")
    // The failure of a cancelled deployment contains only the name of the person who cancelled it.
    #expect(Summary(story).problems.map(\.message) == [kind == .cancelled ? "cancelled: no" : "no"])
  }

  @Test("why hosts never began is said if it is another cause than what failed first")
  func neverBegan() {
    let floor = ScriptError(Failure(.failed, "1 of 2 hosts serve and the floor is 1", fix: "lower the floor"))
    let end = Conclusion(status: .failed, error: floor, hosts: [.restored(Stories.broken), .pending])
    let story = DeploymentStory(Stories.entries([.planned(Stories.plan()), .noted(.host(0, .restored(Stories.broken))), .concluded(end)]))
    func words(_ summary: Summary) -> String { summary.lines(on: Surface()).joined(separator: "\n") }
    let line = "  Not started, because 1 of 2 hosts serve and the floor is 1: web2\n    → lower the floor"
    #expect(words(Summary(story)).contains(line), "\(words(Summary(story)))")
    let failed = DeploymentStory(
      Stories.entries([
        .planned(Stories.plan()),
        .concluded(
          Conclusion(
            status: .failed, error: Stories.broken, rollback: [0, 1], hosts: [.succeeded, .succeeded])),
      ]))
    #expect(words(Summary(failed, rollback: story)).contains(line), "\(words(Summary(failed, rollback: story)))")
    #expect(!words(Summary(DeploymentStory(Stories.failing))).contains("Not started, because"))
  }

  @Test("status names a rollback only if it would not be refused, and nothing new while a lock is held")
  func followed() {
    var state = HostState(facts: HostFacts(shell: "dash", user: "root", bootID: "b", freeBytes: 1, freeInodes: 1))
    state.current = "8d1e00112233"
    state.failedRestore = FailedRestore(deployment: "d1", message: "release x is not on the host", commands: ["ls"])
    func words(_ refusal: Problem?) -> String {
      var report = StatusReport("web on production", hosts: [("web1", .reached(state))], now: Stories.start)
      report.noWayBack = refusal
      return report.lines(on: Surface()).joined(separator: "\n")
    }
    #expect(words(nil).contains("lander rollback goes back; lander deploy goes forward"))
    #expect(words(nil).contains("lander deploy or lander rollback tries again"))
    let refusal = Problem("there is no previous good release to go back to", subject: "web1")
    #expect(!words(refusal).contains("rollback") && words(refusal).contains("lander deploy tries again"), "\(words(refusal))")
    let bundle = Digest(hex: String(repeating: "8", count: 64))
    state.receipt = Receipt(
      application: "web", group: "production", release: Release(id: "8d1e00112233", bundle: bundle),
      inputs: Receipt.Inputs(bundle: bundle, sources: bundle, parameters: .record([]), shared: [], secrets: []), deployment: "d1",
      recipe: "web", actor: "a@b", at: Stories.start, trial: true)
    #expect(words(nil).contains("lander rollback takes web1 back from it"))
    #expect(
      words(refusal).contains("on web1; no rollback just now: web1: there is no previous good release to go back to"), "\(words(refusal))")
    state.receipt = nil
    state.lock = Lock(
      deployment: "d9", token: "t", owner: "a@b", purpose: "deploy", since: Stories.start, fence: 9, leaseLeft: 30)
    let held = words(Problem("deployment d9 holds the lock"))
    #expect(held.contains("wait until whoever holds the lock is done") && !held.contains("lander deploy goes forward"), "\(held)")
  }

  @Test("status names resume only if a deployment from here was interrupted, and no newer one has the host")
  func resumable() {
    var state = HostState(facts: HostFacts(shell: "dash", user: "root", bootID: "b", freeBytes: 1, freeInodes: 1))
    state.current = "8d1e00112233"
    func words(_ open: DeploymentSummary.State?, takenOver: [String] = []) -> String {
      var report = StatusReport("web on production", hosts: [("web1", .reached(state))], now: Stories.start)
      if let open {
        var left = DeploymentSummary(
          id: "d1", application: "web", recipe: "web", group: "production", actor: "a@b", hosts: 2, began: Stories.start,
          lastEntry: Stories.start, entries: 3, state: open)
        left.takenOver = takenOver
        report.open = [left]
      }
      return report.lines(on: Surface()).joined(separator: "\n")
    }
    #expect(words(.interrupted).contains("lander resume finishes it"))
    #expect(!words(nil).contains("resume") && words(nil).contains("lander rollback goes back"), "\(words(nil))")
    #expect(!words(.interrupted, takenOver: ["web1"]).contains("resume") && !words(.running).contains("resume"))
    state.hindrance = Failure(.corrupt, "/srv/app/.lander/receipt is a folder")
    #expect(!words(nil).contains("without a receipt") && words(nil).contains("receipt is a folder"), "\(words(nil))")
  }

  @Test("hosts that a newer deployment has are not told as left on a bad release, and the others not as back")
  func ownedByNewer() {
    let fenced = ScriptError(Failure(.fenced, "fence 3 belongs to another deployment on this host"))
    let wish = ScriptError(Failure(.cancelled, "lander cancel"))
    let cancelled = Conclusion(status: .cancelled, error: wish, rollback: [0], hosts: [.succeeded, .restored(wish)])
    let back = Conclusion(status: .refused, error: fenced, hosts: [.pending])
    #expect(ExitCode(cancelled, rollback: back) == .locked)
    #expect(
      ExitCode(Conclusion(status: .cancelled, error: wish, hosts: [.unknown(Failure(.lost, "x"))]), rollback: back) == .rollbackFailed)
    func words(_ summary: Summary) -> String { summary.lines(on: Surface()).joined(separator: "\n") }
    let first = DeploymentStory(Stories.entries([.planned(Stories.plan()), .concluded(cancelled)]))
    let second = DeploymentStory(
      Stories.entries([.planned(Stories.plan(hosts: ["web1"], kind: .rollback(of: "x"), id: "back")), .concluded(back)]))
    let said = words(Summary(first, rollback: second))
    #expect(said.contains("A newer deployment took over, and what they run is its business: web1"), "\(said)")
    #expect(!said.contains("Not back"), "\(said)")
    let failed = Conclusion(status: .failed, error: fenced, hosts: [.succeeded, .succeeded])
    let resumed = words(Summary(DeploymentStory(Stories.entries([.planned(Stories.plan()), .concluded(failed)]))))
    #expect(resumed.contains("Nothing was taken back") && !resumed.contains("is back on what it ran"), "\(resumed)")
  }
}
