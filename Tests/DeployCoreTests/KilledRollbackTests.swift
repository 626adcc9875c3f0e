import DeployCore
import DeployModel
import PlanDrafts
import Testing

@Suite("A rollback that was killed")
struct KilledRollbackTests {
  typealias M = Memory

  /// Returns the survey of a host that a dead engine has locked.
  private func locked(_ survey: Survey, for purpose: String, marks: [StageMark] = []) -> Survey {
    guard case .reached(var state) = survey else { return survey }
    state.lock = Lock(
      deployment: "x", token: "t", owner: "kim@ci", purpose: purpose, since: Timestamp(milliseconds: 0), fence: 8, leaseLeft: 0,
      group: "all")
    (state.isBegun, state.marks) = (true, marks)
    return .reached(state)
  }

  @Test("a rollback that was killed in the middle is done again; a deployment that was is taken back")
  func killedRollback() throws {
    let stopped = M.host(M.receipt(2, "two", at: 20), before: M.receipt(1, "one", at: 10))
    for purpose in ["roll back web of shop", "roll back web of shop: it is slow after lunch"] {
      #expect(M.ways(try M.rollback([locked(stopped, for: purpose), stopped])) == ["h1 r1", "h2 r1"], "\(purpose)")
    }
    for purpose in ["deploy web of shop", "roll back web of shop after three"] {
      #expect(M.ways(try M.rollback([locked(stopped, for: purpose), stopped])) == ["h1 r2", "h2 stays"], "\(purpose)")
    }
  }

  @Test("a rollback whose hosts are back and that did not end is named, with the undo under way and what to do")
  func unendedRollback() throws {
    let back = M.host(M.receipt(1, "x", at: 30, undid: "two"), before: M.receipt(2, "two", at: 20))
    let mark = StageMark(
      stage: "migrate", revision: M.release(2).bundle, state: .undoing, deployment: "x", by: "kim@ci", at: Timestamp(milliseconds: 0))
    let problems = try #require(throws: Problems.self) { try M.rollback([locked(back, for: "roll back web of shop", marks: [mark])]) }
    #expect(
      problems.list.map(\.message) == [
        "rollback x of kim@ci brought it to r1, was interrupted before its end and has the lock; nobody knows whether the undo of stage "
          + "\"migrate\" came to its end"
      ])
    #expect(problems.list[0].fix?.contains("lander resume x\nelse") == true && problems.list[0].fix?.hasSuffix("lander unlock all") == true)
  }

  @Test("a rollback whose hosts are back, asked for again before its end is known, does not lead to the release before that")
  func twice() throws {
    guard case .reached(var state) = M.host(M.receipt(2, "x", at: 40, undid: "three"), before: M.receipt(3, "three", at: 30)) else {
      return
    }
    state.kept = [M.receipt(1, "one", at: 10)]
    let back = Survey.reached(state)
    for purpose in ["roll back web of shop", "roll back web of shop after three"] {
      let problems = try #require(throws: Problems.self) { try M.rollback([locked(back, for: purpose), back]) }
      #expect(problems.list.map(\.subject) == ["h1"] && problems.list[0].message.hasPrefix("rollback x of kim@ci brought it to r2, "))
    }
    #expect(M.ways(try M.rollback([back, back])) == ["h1 r1", "h2 r1"])
  }

  @Test("a host that was unlocked in the middle of a rollback still goes where that led")
  func unlocked() throws {
    let two = M.receipt(2, "two", at: 20)
    for current: Release.ID in ["r2", "r3"] {
      guard case .reached(var state) = M.host(M.receipt(3, "three", at: 30), before: two) else { return }
      state.current = current
      state.failedRestore = FailedRestore(deployment: "x", message: "it was unlocked in the middle", commands: [], isWayBack: true)
      #expect(M.ways(try M.rollback([.reached(state), M.host(M.receipt(3, "three", at: 30), before: two)])) == ["h1 r2", "h2 r2"])
    }
  }
}
