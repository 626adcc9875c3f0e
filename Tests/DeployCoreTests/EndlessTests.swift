import DeployModel
import PlanDrafts
import Testing

@testable import DeployCore

/// A function that repeats one request for ever.
private final class Endless: Scripts {
  private let request: Request
  private(set) var steps = 0
  init(_ request: Request) { self.request = request }
  func start(_ script: ScriptID, _ body: Body, on subject: Subject) {}
  func kill(_ script: ScriptID) {}
  func step(_ script: ScriptID, _ answer: Answer) -> Step {
    steps += 1
    return Step(.asked(request))
  }
}

@Suite("Functions without an end")
struct EndlessTests {
  @Test("a function that waits again and again is ended after its limit of requests, and the deployment fails")
  func waits() {
    let scripts = Endless(.sleep(.zero))
    let own = plan(hosts: 1, stages: [.script(name: "wait", summary: "", function: 0, when: nil, place: nil), .rollout(nil)])
    let play = Play(own, scripts)
    #expect(play.conclusion?.status == .failed && scripts.steps == ScriptTree.mostRequests + 1)
    #expect(play.conclusion?.error?.failure.message.contains("asked \(ScriptTree.mostRequests) times") == true)
    #expect(play.conclusion?.hosts == [.pending])
  }
}
