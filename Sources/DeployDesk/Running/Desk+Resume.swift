import DeployCore
import DeployEngine
package import DeployModel

/// The result of a request to resume a deployment.
package enum Resumed: Sendable {
  /// The deployment had already ended.
  case ended(DeploymentPair)
  case running(Running)
}

extension Desk {
  /// Resumes the unfinished part of an interrupted deployment and its rollback.
  /// - Parameters:
  ///   - message: the first message for the deployment, or nil if there is none.
  ///   - staying: how long the engine keeps running at a gate that waits for a person.
  ///   - reason: the reason for cancelling both deployments in an orderly way, or nil to continue them.
  ///   - wantsOutput: whether the events include the output of commands.
  /// - Throws: if another process runs one of them, if newer deployments have taken over their hosts, or if the journal cannot be read.
  package func resume(
    _ pair: DeploymentPair, saying message: Message? = nil, cancelling reason: String? = nil, staying: Staying = .always,
    wantsOutput: Bool = false
  ) async throws -> Resumed {
    // This check has to come before the claims, because a claimed deployment counts as running.
    try await past.pair(of: pair.members[0].id).refuseSuperseded()
    let claims = try Claims(pair, journal)
    do {
      // Another process might have ended the deployment between this check and the claims.
      let now = try await past.pair(of: pair.members[0].id)
      if now.state == .concluded {
        claims.release()
        return .ended(now)
      }
      let entries = try await past.entries(of: (now.back ?? now.first).id)
      // The readable entries of the failed deployment say how that deployment ended. Its rollback is resumed even without these entries.
      let failed = now.back == nil ? [] : (try? await past.entries(of: now.first.id)) ?? []
      let running = try await resume(entries, after: failed, message, reason, staying, claims, wantsOutput)
      return .running(running)
    } catch {
      claims.release()
      throw error
    }
  }

  /// - Parameter failed: for a rollback, the whole journal of the deployment that it rolls back. Otherwise, it is empty.
  private func resume(
    _ entries: [Entry], after failed: [Entry], _ message: Message?, _ reason: String?, _ staying: Staying, _ claims: Claims,
    _ wantsOutput: Bool
  ) async throws -> Running {
    guard case .planned(let plan)? = entries.first?.fact else {
      throw Problems(Problem("the journal does not say what was planned", fix: "lander audit"), exit: .infrastructure)
    }
    // If this process did not know the secrets' values, it could not hide secrets that an earlier process put on hosts.
    do { try await secrets.expect(plan.content.secrets) } catch {
      throw Failure(error.kind, "a secret of deployment \(plan.id) cannot be had: \(error.message)", fix: error.fix)
    }
    var before: [DeploymentEnd] = []
    if case .planned(let first)? = failed.first?.fact, case .concluded(let conclusion)? = failed.last?.fact {
      before = [DeploymentEnd(plan: first, conclusion: conclusion)]
    }
    let recalled = before.flatMap { one in failed.map { (one.plan.id, $0) } } + entries.map { (plan.id, $0) }
    let isWayBack = if case .rollback(of: _?) = plan.kind { true } else { false }
    return Running(plan.id, at: self, past: recalled, staying: staying, wantsOutput: wantsOutput) { [before] deployments in
      defer { claims.release() }
      if let reason { await deployments.cancel(reason: reason) }
      let ended = try await deployments.resume(entries, saying: message).map { DeploymentEnd($0) }
      return RunEnd(before + ended, isWayBackOnly: isWayBack && before.isEmpty)
    }
  }
}

/// The right to run all deployments of a pair.
private struct Claims: Sendable {
  private let all: [any DeploymentClaim]

  /// - Throws: if another process runs one of them.
  init(_ pair: DeploymentPair, _ journal: any PastJournal) throws {
    var all: [any DeploymentClaim] = []
    for member in pair.members {
      guard let claim = try journal.claim(member.id) else {
        for claim in all { claim.release() }
        throw Problems(
          Problem(
            "deployment \(member.id) is running: another process of this machine is at it", fix: "lander cancel \(member.id) ends it"),
          exit: .locked)
      }
      all.append(claim)
    }
    self.all = all
  }

  func release() { for claim in all { claim.release() } }
}
