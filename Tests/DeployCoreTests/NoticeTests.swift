import DeployCore
import DeployModel
import PlanDrafts
import Testing

/// Functions that run after a deployment has ended, whatever they wait for.
@Suite struct NoticeTests {
  /// Plays a deployment with two functions of `on_success` that sleep for an hour each. While the first one sleeps, `say` decides what
  /// happens.
  private func play(tracks: Bool? = true, _ say: (_ limit: Int?) -> Happening) -> (notes: [String], conclusion: Conclusion?, sleeps: Int) {
    let plan = plan(hosts: 1, stages: [.rollout(nil)]).edited {
      ($0.onSuccess, $0.tracksService) = ([Body(recipe: 0, function: 0), Body(recipe: 0, function: 1)], tracks)
    }
    let hour = Request.sleep(.minutes(60))
    var conductor = Conductor(plan: plan, scripts: ListScripts([[hour], [hour]]))
    var queue: [Happening] = [.started]
    var (notes, conclusion, sleeps, limit): ([String], Conclusion?, Int, Int?) = ([], nil, 0, nil)
    while !queue.isEmpty {
      for effect in conductor.take(queue.removeFirst()) {
        switch effect {
        case .perform(let intent): queue.append(.finished(intent: intent.id, .done()))
        case .ring(let timer, let after) where after == Deadlines.notices: limit = timer
        case .ring(_, let after) where after == .minutes(60):
          sleeps += 1
          queue.append(say(limit))
        case .note(.remark(let text)): notes.append(text)
        case .conclude(let end): conclusion = end
        default: break
        }
      }
    }
    return (notes, conclusion, sleeps)
  }

  @Test("functions that run after a deployment have a limit together, and what they do then changes no host")
  func limit() throws {
    let (notes, conclusion, sleeps) = play { .rang(timer: $0 ?? -1) }
    #expect(conclusion?.status == .succeeded && sleeps == 1)
    #expect(notes.contains { $0.hasPrefix("on_success failed: not done within 15 m") }, "\(notes)")
  }

  @Test("a cancel ends what runs after a deployment at once, and says that no host changes")
  func cancel() throws {
    let (notes, conclusion, sleeps) = play { _ in .cancelled(reason: "Ctrl-C") }
    #expect(conclusion?.status == .succeeded && sleeps == 1)
    #expect(notes.contains("every host has come to its end: on_success is ended, and nothing else changes"), "\(notes)")
    let message = Message(id: "m1", .cancel, by: "kim@laptop", comment: "too slow", at: Timestamp(milliseconds: 0))
    let said = play { _ in .said(message) }
    #expect(said.conclusion?.status == .succeeded && said.sleeps == 1)
  }

  @Test("a cancel that comes after a failure says what is still to come for the hosts", arguments: [true, false])
  func failed(goesBack: Bool) {
    let stages: [Stage] = [.rollout(nil), .script(name: "smoke", summary: "", function: 0, when: nil, place: nil)]
    let own = plan(hosts: 2, stages: stages, rollback: goesBack).edited { $0.onFailure = [Body(recipe: 0, function: 1)] }
    let smoke = Request.perform(.engine, .run(Command(.shell("smoke"))), timeout: nil)
    var conductor = Conductor(plan: own, scripts: ListScripts([[smoke], [.sleep(.minutes(60))]]))
    var queue: [Happening] = [.started]
    var (answers, conclusion): ([String], Conclusion?) = ([], nil)
    while !queue.isEmpty {
      for effect in conductor.take(queue.removeFirst()) {
        switch effect {
        case .perform(let intent):
          queue.append(.finished(intent: intent.id, intent.place == .engine ? .failed(.command, "500") : .done()))
        case .ring(_, let after) where after == .minutes(60):
          queue.append(.said(Message(id: "m1", .cancel, by: "kim@laptop", at: Timestamp(milliseconds: 0))))
        case .note(.answered(_, let accepted, let words)): answers.append("\(accepted) \(words)")
        case .conclude(let end): conclusion = end
        default: break
        }
      }
    }
    let hosts = goesBack ? "the 2 hosts that were changed go back next" : "hosts stay as they are, because rollback is off"
    let words = "the cancel (kim@laptop) comes too late: the deployment has failed already: \(hosts); on_failure is ended"
    #expect(answers == ["false \(words)"])
    #expect(conclusion?.status == .failed && conclusion?.rollback == (goesBack ? [0, 1] : []))
  }

  @Test("a plan of an older version sets no such timer, so that its journal replays")
  func older() throws {
    var limits: [Int?] = []
    _ = play(tracks: nil) {
      limits.append($0)
      return .cancelled(reason: "Ctrl-C")
    }
    #expect(limits == [nil])
  }
}
