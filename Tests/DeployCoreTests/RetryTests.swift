import DeployCore
import DeployModel
import PlanDrafts
import Testing

/// A step that failed because of the host or the connection is tried once more at once.
@Suite("A second try in place")
struct RetryTests {
  /// Returns how often an operation was requested of host 0, how the deployment ended, and its remarks.
  private func play(
    _ verb: String, _ kind: Failure.Kind, times: Int, retries: Int? = 1, stages: [Stage]? = nil
  ) -> (asked: Int, end: Conclusion?, remarks: [String]) {
    let draft = plan(hosts: 1, hooks: [(.applicationStart, 0)], stages: stages).edited { $0.bounds.retries = retries }
    var asked = 0
    let play = Play(draft, ListScripts([[run("start", on: 0)]])) { intent in
      guard intent.operation.verb == verb else { return .done() }
      asked += 1
      return asked <= times ? .failed(kind, "no answer") : .done()
    }
    let remarks = play.effects.compactMap { effect in if case .note(.remark(let text)) = effect { text } else { nil } }
    return (asked, play.conclusion, remarks)
  }

  @Test(
    "what the engine does by itself is tried once more if the host was to blame, and then it is a failure",
    arguments: ["activate", "record", "stage"])
  func once(_ verb: String) {
    let good = play(verb, .lost, times: 1)
    #expect(good.asked == 2 && good.end?.status == .succeeded)
    #expect(good.remarks == ["h0: the step \(verb) failed: no answer; it is tried once more"])
    #expect(play(verb, .transport, times: 9).end?.status == .failed)
    #expect(play(verb, .transport, times: 9).remarks.count { $0.hasSuffix("it is tried once more") } <= 2)
  }

  @Test("a send in the host's own turn is tried once more too")
  func ownTurn() {
    #expect(play("stage", .timeout, times: 1, stages: [.rollout(nil)]).end?.status == .succeeded)
  }

  @Test("a hook is never run again, and neither is anything after a failure that is the release's own")
  func never() {
    let hook = play("run", .lost, times: 1)
    #expect(hook.end?.status == .failed && !hook.remarks.contains { $0.contains("tried once more") })
    #expect(play("activate", .noSpace, times: 1).end?.status == .failed)
    #expect(play("activate", .lost, times: 1, retries: nil).end?.status == .failed, "plans of older versions have no second try")
  }
}
