package import DeployModel

/// What the receipts of a group's hosts say together: which deployments have proved good, and what the group's last good revision is.
package struct GroupHistory: Sendable {
  private let states: [HostState]
  /// Names of deployments that are good, in order.
  private let good: [Deployment.ID]
  /// The time of the newest receipt; nil if there is none.
  package let newest: Timestamp?
  /// Hosts that took something back.
  private let returned: [HostState]
  /// Names of deployments that some receipt says were taken back.
  private let undone: [Deployment.ID]

  /// - Parameter states: of the hosts that were reached.
  package init(_ states: [HostState]) {
    self.states = states
    let receipts = states.flatMap { [$0.receipt, $0.previous].compactMap { $0 } + ($0.kept ?? []) }
    newest = receipts.map(\.at).max()
    undone = receipts.compactMap(\.undid)
    // One host's good receipt is enough: its engine may have died before it could tell the others.
    good = receipts.filter { $0.trial != true }.map(\.deployment).sorted().reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    // Most say the same.
    returned = states.filter { $0.receipt?.undid != nil }.reduce(into: []) { found, state in
      let isKnown = found.contains { $0.receipt == state.receipt && $0.previous?.deployment == state.previous?.deployment }
      if !isKnown { found.append(state) }
    }
  }

  package init(_ surveys: [Survey]) {
    self.init(surveys.compactMap { if case .reached(let state) = $0 { state } else { nil } })
  }

  /// The receipt as the group sees it: one on trial is good where another host's of the same deployment is.
  package func settled(_ receipt: Receipt?) -> Receipt? {
    guard var receipt, receipt.trial == true, good.contains(receipt.deployment) else { return receipt }
    receipt.trial = nil
    return receipt
  }

  /// Whether a host may go back to it: its deployment has succeeded, and was not taken back since.
  package func isGood(_ receipt: Receipt) -> Bool {
    settled(receipt)?.trial != true && !undone.contains(receipt.deployment) && !returned.contains { Self.took(back: receipt, $0) }
  }

  /// Whether a host says that it took the receipt's deployment back: by its name, or because it left the same release then.
  private static func took(back receipt: Receipt, _ state: HostState) -> Bool {
    guard let now = state.receipt, let undid = now.undid else { return false }
    if undid == receipt.deployment { return true }
    guard let left = state.previous, left.deployment == undid else { return false }
    return left.release.id == receipt.release.id && receipt.at < now.at
  }

  /// The newest good receipt of any host; nil if there is none. What hosts ran longer ago counts only if they remember nothing else.
  /// - Parameter left: a release that the group is to leave, and that does not count.
  package func lastGood(besides left: Release.ID? = nil) -> Receipt? {
    newest(of: states.flatMap { [$0.receipt, $0.previous].compactMap { $0 } + same($0) }, besides: left)
      ?? newest(of: states.flatMap { $0.kept ?? [] }, besides: left, before: origin(of: left))
  }

  /// Receipts that others of the same release replaced: what it runs may be good with another recipe.
  private func same(_ state: HostState) -> [Receipt] {
    (state.kept ?? []).filter { $0.release.id == state.current && $0.release.id == state.receipt?.release.id }
  }

  /// When a release was deployed first, as far as hosts know; nil: nobody does. What came after it is no way back from it.
  private func origin(of release: Release.ID?) -> Timestamp? {
    states.flatMap { [$0.receipt, $0.previous].compactMap { $0 } + ($0.kept ?? []) }.filter { $0.release.id == release }.map(\.at).min()
  }

  private func newest(of receipts: [Receipt], besides left: Release.ID?, before end: Timestamp? = nil) -> Receipt? {
    var newest: Receipt?
    for receipt in receipts where receipt.release.id != left && isGood(receipt) {
      if let end, receipt.at >= end { continue }
      if newest.map({ $0.at < receipt.at }) ?? true { newest = settled(receipt) }
    }
    return newest
  }

  /// Whether what a host runs is no good: on trial, taken back, or left there by a deployment that failed. One that is half way back to
  /// the release before is not meant.
  package func isUnfinished(_ state: HostState) -> Bool {
    guard let receipt = state.receipt else { return state.current != nil }
    if !isGood(receipt) { return true }
    return state.current != receipt.release.id && state.current != state.previous?.release.id
  }

  /// What the host itself would go back to; nil if it remembers nothing good.
  package func own(_ state: HostState) -> Receipt? {
    if let receipt = state.receipt, isGood(receipt), isUnfinished(state) { return settled(receipt) }
    if let now = state.receipt, !isGood(now), let before = newest(of: same(state), besides: nil) { return before }
    if let previous = state.previous, isGood(previous) { return previous }
    return newest(of: state.kept ?? [], besides: state.current, before: origin(of: state.current))
  }
}
