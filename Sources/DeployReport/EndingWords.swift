import DeployModel

/// The answer to a person who wants to end a deployment. It depends on what the deployment is doing.
package struct EndingWords: Sendable {
  private let story: DeploymentStory
  /// The typed options that describe a project without a `deploy.lua`, or nil if the project has one.
  private let typed: String?

  /// - Parameter story: the running deployment.
  package init(_ story: DeploymentStory, typed: String? = nil) {
    self.story = story
    self.typed = typed
  }

  /// The answer to a cancellation: what happens to the current work and to the hosts.
  package var cancelling: String {
    guard let plan = story.plan else { return "nothing new is started" }
    let changed = story.hosts.filter { $0.status == .succeeded }.map(\.name)
    let isBack = plan.kind.isRollback
    if story.stages.contains(where: { $0.error != nil }) {
      let next =
        isBack || changed.isEmpty || plan.kind.task != nil
        ? ""
        : story.goesBack
          ? "; \(changed.listed) still to go back" : "; \(changed.listed) on the new release: \(story.whyNothingGoesBack)"
      return "it has failed already, and comes to its end\(next)"
    }
    let end = "nothing new is started, what runs is finished or ended, "
    if plan.kind.removal != nil { return end + "hosts from which it is gone stay so, and others keep it" }
    if plan.kind.task != nil { return end + "hosts that left their traffic get it back" }
    if isBack { return end + "hosts that went back already stay so" }
    return end + (story.goesBack ? "hosts are restored" : "hosts stay as they are: \(story.whyNothingGoesBack)")
  }

  /// The answer to the first signal during a rollback. The rollback continues after this signal. The text says which hosts are left, and
  /// what the next signal does.
  package var goesOn: String {
    let left = story.conclusion == nil ? open : []
    return "A rollback is not interrupted: half way back is the worst place."
      + (left.isEmpty ? "" : " Still to go back: \(left.listed).")
      + " A second signal leaves it as it is; \(resume) finishes it then"
  }

  /// The text that is printed shortly before a CI runner kills this process: what is not finished, and the commands that finish it from
  /// here and from elsewhere.
  package var late: String {
    guard let plan = story.plan else { return "Not finished yet; \(resume) continues if this process is killed" }
    let left = open
    let open = "Not finished yet" + (left.isEmpty ? "" : ": \(left.listed)") + ". If this process is killed now, \(resume) finishes it"
    // From another checkout, hosts cannot be rolled back to their state before the first deployment. A rollback past an irreversible stage
    // is refused from everywhere.
    guard plan.leavesSomething, story.barrier == nil, plan.kind.task == nil else { return open }
    let elsewhere = "lander rollback " + (typed ?? plan.typed())
    return open + "; from another checkout, \(elsewhere) takes the hosts back from what they remember, once the lock's lease has ended"
      + " (\(plan.lock.lease) after the kill)"
  }

  private var resume: String { "lander resume \(story.id)" }

  /// The hosts whose part has not ended, each with its current step.
  private var open: [String] {
    let isBack = if case .rollback(of: _?)? = story.plan?.kind { true } else { false }
    // If all hosts have the release, the release stays, no matter who cancels.
    let isComplete = story.hosts.allSatisfy { $0.status.isWhereItShouldBe }
    let goesBack = story.plan?.kind == .deploy && story.goesBack && !isComplete
    return story.here.map { "here (\($0.doing))" }
      + story.hosts.compactMap { host in
        switch host.status {
        case .changing, .restoring: host.name + ((host.event?.rawValue ?? host.doing).map { " (\($0))" } ?? "")
        case .ready(let segment): "\(host.name) (ready after \(segment.rawValue))"
        case .pending: isBack ? "\(host.name) (not begun)" : nil
        case .succeeded: goesBack ? "\(host.name) (to go back)" : nil
        default: nil
        }
      }
  }
}

extension [String] {
  /// The first eight names, and how many other names there are, as in `h1, h2, h3 and 4 more`.
  fileprivate var listed: String {
    prefix(8).joined(separator: ", ") + (count > 8 ? " and \(count - 8) more" : "")
  }
}
