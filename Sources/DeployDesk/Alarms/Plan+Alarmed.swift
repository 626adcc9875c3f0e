package import DeployModel

extension Plan {
  /// Numbers of the hosts that its alarm looks at: those that it brought to its release, and, if it finished what was stopped on purpose,
  /// those that had it.
  /// - Parameter end: its own.
  package func alarmed(_ end: Conclusion) -> [Int] {
    let finishes = flow.missing != nil && flow.joins == nil
    return hosts.indices.filter { number in
      guard end.hosts.indices.contains(number) else { return false }
      return end.hosts[number] == .succeeded || finishes && end.hosts[number] == .unchanged
    }
  }
}
