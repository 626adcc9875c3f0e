import DeployModel
import DeployReport
import Testing

/// How a deployment that others took over, or that fell apart with its rollback, is told and what it exits with.
@Suite struct EndTests {
  private let fenced = Failure(.fenced, "h1 refused run: its fence is 9", fix: "another deployment took over: `lander status`")

  @Test("a deployment that a newer one took over exits with 4, and says so instead of calling a healthy host out of reach")
  func takenOver() {
    let end = Conclusion(status: .failed, error: ScriptError(fenced), hosts: [.unknown(fenced), .pending])
    #expect(ExitCode(end) == .locked)
    let story = DeploymentStory(
      Stories.entries([.planned(Stories.plan()), .happened(.started), .noted(.host(0, .unknown(fenced))), .concluded(end)]))
    let text = Summary(story).lines(on: Surface()).joined(separator: "\n")
    #expect(text.contains("  Hosts   1 taken over · 1 not started"), "\(text)")
    #expect(text.contains("  A newer deployment took over, and what they run is its business: web1"), "\(text)")
    #expect(text.contains("lander status --group production  what each host runs now"), "\(text)")
    #expect(!text.contains("Out of reach"), "\(text)")
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
}
