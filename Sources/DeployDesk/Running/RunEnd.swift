import DeployEngine
package import DeployModel

/// How a sequence of deployments ended. The sequence is the requested deployment and, if it failed, its rollback.
package struct RunEnd: Sendable, Hashable {
  package var deployments: [DeploymentEnd]
  /// Whether only a rollback was resumed, because the journal of the failed deployment is unreadable.
  package var isWayBackOnly: Bool

  package init(_ deployments: [DeploymentEnd], isWayBackOnly: Bool = false) {
    self.deployments = deployments
    self.isWayBackOnly = isWayBackOnly
  }

  /// Whether another engine had taken over the hosts before this one changed anything.
  var isOvertaken: Bool { deployments.count == 1 && deployments[0].conclusion?.error?.failure.kind == .fenced }
}

/// How one deployment ended, or the fact that the engine exited before it ended.
package struct DeploymentEnd: Sendable, Hashable {
  package var plan: Plan
  /// The conclusion, or nil if the engine exited before the deployment ended.
  package var conclusion: Conclusion?
  /// Whether the deployment is parked.
  package var isParked = false

  package init(plan: Plan, conclusion: Conclusion?) {
    self.plan = plan
    self.conclusion = conclusion
  }

  init(_ ended: Deployments.Ended) {
    self.init(plan: ended.plan, conclusion: ended.conclusion)
    isParked = ended.isParked
  }

  /// Whether the deployment is unfinished, or the rollback that has to follow it.
  package var isLeft: Bool {
    guard let conclusion else { return true }
    return plan.kind == .deploy && conclusion.owesWayBack
  }

  /// What is unfinished, with the command that completes it.
  package var left: Problem {
    if conclusion != nil {
      return Problem(
        conclusion?.rollback.isEmpty == true
          ? "Left deployment \(plan.id) before its stages were undone."
          : "Left deployment \(plan.id) before its rollback began: hosts that are to go back still run what failed.",
        fix: "lander resume \(plan.id) \(conclusion?.rollback.isEmpty == true ? "undoes them" : "takes them back")")
    }
    if case .rollback(of: _?) = plan.kind {
      return Problem(
        "Left the rollback \(plan.id) half way: commands that run on hosts continue, locks stay until their lease ends.",
        fix: "lander resume \(plan.id) finishes it")
    }
    let words = plan.kind.words
    return Problem(
      "Left \(words.named(plan.id)) as it is: commands that run on hosts continue, locks stay until their lease ends.",
      fix: "lander resume \(plan.id) resumes it; lander cancel \(plan.id) \(plan.flow.goesBack ? words.cancelling : "ends it as it is")")
  }
}
