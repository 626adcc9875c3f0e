package import DeployModel

extension Plan {
  /// Returns the numbers of the hosts that the plan's alarm checks. These are the hosts that got the deployment's release. If this
  /// deployment completed one that was stopped on purpose, the hosts that already had the release are included.
  /// - Parameter end: the conclusion of this plan's deployment.
  package func alarmed(_ end: Conclusion) -> [Int] {
    let finishes = flow.missing != nil && flow.joins == nil
    return hosts.indices.filter { number in
      guard end.hosts.indices.contains(number) else { return false }
      return end.hosts[number] == .succeeded || finishes && end.hosts[number] == .unchanged
    }
  }
}
