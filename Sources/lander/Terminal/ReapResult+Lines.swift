import DeployDesk
import DeployModel
import DeployReport

extension ReapResult.Late {
  /// The exit code for this deployment's result, or nil if another engine ended the deployment first.
  fileprivate var code: DeployModel.ExitCode? {
    if let problems { return problems.exit }
    guard let end else { return nil }
    guard let first = end.deployments.first, let conclusion = first.conclusion, end.deployments.last?.isLeft == false else {
      return .infrastructure
    }
    return DeployModel.ExitCode(conclusion, rollback: end.deployments.dropFirst().first?.conclusion, isRollback: first.plan.kind.isRollback)
  }

  fileprivate var state: String { problems == nil ? code?.word ?? "ended" : "open" }

  fileprivate var lines: [String] {
    guard let problems else {
      guard let code else { return ["Deployment \(id) is being ended by another engine"] }
      return ["Deployment \(id) has ended: \(code.word.replacing("_", with: " "))"]
    }
    return ["Deployment \(id) could not be ended from here:"]
      + problems.list.flatMap { [SafeText.line($0.message)] + ($0.fix.map { ["  → " + SafeText.line($0)] } ?? []) }.map { "  " + $0 }
  }
}

extension ReapResult {
  /// The exit code for what is left to do. Nil if every deployment whose deadline had passed has ended and its hosts were rolled back.
  var code: DeployModel.ExitCode? {
    let left = late.compactMap(\.code).filter { code in
      switch code {
      case .done, .rolledBack, .rejected, .unfit, .cancelled, .partial: false
      default: true
      }
    }
    return left.first { $0 == .rollbackFailed } ?? left.first { $0 == .held } ?? left.first
  }

  /// - Parameter unread: what is wrong with hosts that could not be asked what is parked there.
  func lines(at now: Timestamp, unread: [Problem]) -> [String] {
    let still = waiting.map { "Deployment \($0.parked.deployment) still waits for \($0.question), for another \($0.parked.until - now)" }
    let away = unread.isEmpty ? [] : unread.flatMap { $0.lines() } + ["Run this command again to end what is parked only there."]
    let none = late.isEmpty && waiting.isEmpty && unread.isEmpty ? ["No deployment is parked on these hosts."] : []
    return late.flatMap(\.lines) + still + away + none
  }

  func value(unreachable: Int) -> Value {
    JSON.record([
      (
        "ended",
        .list(
          late.map { one in
            JSON.record([
              ("deployment", .text(one.id.rawValue)), ("state", .text(one.state)),
              ("problems", one.problems.map { .list($0.list.map(\.value)) }),
            ])
          })
      ),
      (
        "waiting",
        .list(
          waiting.map { one in
            JSON.record([
              ("deployment", .text(one.parked.deployment.rawValue)), ("until", .text(When.iso(one.parked.until))),
              ("waits_for", .text(one.question)),
            ])
          })
      ),
      ("unreachable", .int(unreachable)),
    ])
  }
}
