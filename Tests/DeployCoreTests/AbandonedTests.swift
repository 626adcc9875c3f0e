import DeployCore
import DeployModel
import PlanDrafts
import Testing

/// Surveys of hosts on which a deployment was interrupted, as a machine without the deployment's journal sees them.
@Suite("Hosts that were left in the middle")
struct AbandonedTests {
  typealias M = Memory

  /// Returns a host on which a deployment ran commands without finishing or restoring it.
  private func abandoned(_ receipt: Receipt?, before: Receipt? = nil, by deployment: Deployment.ID = "d2") -> Survey {
    guard case .reached(var state) = M.host(receipt, before: before) else { return M.host(receipt) }
    state.lock = Lock(
      deployment: deployment, token: "t2", owner: "a@b", purpose: "deploy", since: Timestamp(milliseconds: 0), fence: 7, leaseLeft: -5)
    state.isBegun = true
    return .reached(state)
  }

  @Test("a host on which a deployment that is gone ran commands is started again, although its link and its receipt are as before")
  func begun() throws {
    let old = { M.receipt(1, "d1", at: 10 + $0) }
    let killed = [
      M.host(M.receipt(2, "d2", at: 20, trial: true), before: old(0)), abandoned(old(1), before: M.receipt(0, "d0", at: 1)),
      M.host(old(2), before: M.receipt(0, "d0", at: 2)),
    ]
    #expect(M.ways(try M.rollback(killed)) == ["h1 r1", "h2 r1", "h3 stays"])
    let again = try M.deploy(1, killed)
    #expect(M.ways(again) == ["h1 r1", "h2 r1", "h3 stays"] && again.hosts.map(\.serves) == [true, false, true])
    // The first host was under way. The group goes back to what it runs, and no further.
    let first = [abandoned(old(0), before: M.receipt(0, "d0", at: 1)), M.host(old(1), before: M.receipt(0, "d0", at: 2))]
    #expect(M.ways(try M.rollback(first)) == ["h1 r1", "h2 stays"])
    // If the holder finished or restored the host itself, the receipt is right.
    for settled in [M.receipt(2, "d2", at: 20), M.receipt(1, "d1", at: 10, undid: "d2")] {
      guard case .reached(let state) = abandoned(settled) else { return #expect(Bool(false)) }
      #expect(!state.isUnsettled)
    }
  }
}
