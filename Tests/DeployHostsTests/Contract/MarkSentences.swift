import DeployCore
import DeployModel
import PlanDrafts

/// Sentences about the marks of stages on hosts.
extension Sentence {
  static let marks = [
    Sentence("a stage that a deployment began or did stays so for every other one; what failed or was forgotten begins anew") { play in
      func ask(_ act: MarkRequest.Act, _ state: StageMark.State, by deployment: Deployment.ID) -> DeployModel.Operation {
        remember(act, state, by: deployment)
      }
      let (first, second) = (play.site("d1", fence: 1, token: "a"), play.site("d2", fence: 2, token: "b"))
      await play.done(play.ask("a", fence: 1), at: first)
      await play.done(ask(.begin, .begun, by: "d1"), at: first)
      play.expect(await play.perform(ask(.begin, .begun, by: "d1"), at: first).value, .null, "its own")
      play.expect(try await play.state().marks?.map(\.state), [.begun], "begun")
      await play.done(.unlock(token: "a"), at: first)
      await play.done(play.ask("b", fence: 2), at: second)
      await play.done(ask(.drop, .failed, by: "d2"), at: second)
      let answer = await play.perform(ask(.begin, .begun, by: "d2"), at: second)
      play.expect(StageMark(answer.value)?.deployment, "d1", "the other one's")
      await play.done(ask(.end, .failed, by: "d2"), at: second)
      play.expect(await play.perform(ask(.begin, .begun, by: "d2"), at: second).value, .null, "after a failure")
      await play.done(ask(.drop, .failed, by: "d2"), at: second)
      play.expect(try await play.state().marks == nil, "what was forgotten")
      await play.done(ask(.begin, .begun, by: "d2"), at: second)
      await play.done(ask(.end, .done, by: "d2"), at: second)
      let marks = try await play.state().marks
      play.expect(try await play.state(by: try play.another()).marks == marks, "by another engine, whose first question it is")
      play.expect(marks?.first?.by == "kim at desk" && marks?.first?.isIrreversible == true && marks?.count == 1, "\(marks as Any)")
    },
    Sentence("a stage that a way back began to undo stays so for every other deployment until that one says how it ended") { play in
      let site = play.site("r1", fence: 1, token: "a")
      await play.done(play.ask("a", fence: 1), at: site)
      await play.done(remember(.end, .done, by: "d1", undo: .before), at: site)
      await play.done(remember(.again, .undoing, by: "r1", undo: .before), at: site)
      let marks = try await play.state().marks
      play.expect(marks?.map(\.state), [.undoing], "being undone")
      play.expect(marks?.first?.undo == .before && marks?.first?.isIrreversible == false, "\(marks as Any)")
      let answer = await play.perform(remember(.begin, .begun, by: "d9", undo: .after), at: site)
      play.expect(StageMark(answer.value)?.deployment, "r1", "who undoes it")
      await play.done(remember(.drop, .undoing, by: "d9", undo: .before), at: site)
      play.expect(try await play.state().marks?.count, 1, "another one forgot it")
      await play.done(remember(.drop, .undoing, by: "r1", undo: .before), at: site)
      play.expect(try await play.state().marks == nil, "it is forgotten")
      await play.done(remember(.again, .undoing, by: "r1", undo: .before), at: site)
      await play.done(remember(.end, .undone, by: "r1", undo: .before), at: site)
      play.expect(try await play.state().marks?.map(\.state), [.undone], "it is undone")
      play.expect(await play.perform(remember(.begin, .begun, by: "d9", undo: .before), at: site).value, .null, "it begins anew")
    },
  ]

  /// - Parameter undo: how the stage can be undone; nil: it cannot be undone.
  private static func remember(
    _ act: MarkRequest.Act, _ state: StageMark.State, by deployment: Deployment.ID, undo: StageMark.Undo? = nil
  ) -> DeployModel.Operation {
    .mark(
      MarkRequest(
        act,
        StageMark(
          stage: "migrate db", revision: Digest(hex: String(repeating: "b", count: 64)), state: state, deployment: deployment,
          by: "kim at desk", at: Timestamp(milliseconds: 1_763_000_000_000), isIrreversible: undo == nil, undo: undo)))
  }
}
