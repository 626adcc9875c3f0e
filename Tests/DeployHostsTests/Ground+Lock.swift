import DeployModel
import Testing

@testable import DeployHosts

extension Ground {
  /// Returns a request for the lock as a deployment makes it.
  static func ask(
    _ token: String, fence: Int, inherits: String? = nil, expects: Deployment.ID? = nil, lease: Interval = .seconds(60),
    orphans: LockRequest.Orphans = .wait
  ) -> DeployModel.Operation {
    .lock(
      LockRequest(
        token: token, owner: "\(token)@desk", purpose: "deploy web of shop", fence: fence, inherits: inherits, expects: expects,
        lease: lease, orphans: orphans))
  }

  /// Returns what a survey of the host finds.
  func state(application: String = "shop", group: String = "all") async throws -> HostState {
    let survey = await hosts.survey(host, at: path, application: application, group: group, shared: [])
    guard case .reached(let state) = survey else { throw Failure(.unreachable, "\(survey)") }
    return state
  }

  /// Runs a command through an engine that is closed while the command runs. The command writes `begun` first.
  func leave(running line: String) async throws {
    let (heard, old) = (Heard(), another())
    let left = Task { await run(1, "echo begun; \(line)", by: old, heard: heard) }
    try await until("the job runs") { heard.stdout == "begun\n" }
    await old.close()
    _ = await left.value
  }
}
