package import DeployModel

/// What the receipts of a group's hosts say together: which deployments are good, and which revision is the group's last good one.
package struct GroupHistory: Sendable {
  private let states: [HostState]
  /// Names of deployments that are good, in order.
  private let good: [Deployment.ID]
  /// The time of the newest receipt; nil: there is no receipt.
  package let newest: Timestamp?
  /// Hosts that took a deployment back.
  private let returned: [HostState]
  /// Deployments that were left according to receipts, each with the release that replaced it.
  private let undone: [(deployment: Deployment.ID, by: Release.ID)]
  /// Deployments that receipts remember as left for an older release.
  private let rolledBack: [Deployment.ID]
  /// When each release was first deployed, as far as hosts know.
  private let origins: [Origin]
  /// The same, but only by receipts that took nothing back. Sometimes only a rollback's receipts are left of an old release.
  private let firsts: [Origin]
  private typealias Origin = (release: Release.ID, at: Timestamp)

  /// - Parameter states: the hosts that were reached.
  package init(_ states: [HostState]) {
    self.states = states
    let receipts = states.flatMap { [$0.receipt, $0.previous].compactMap { $0 } + ($0.kept ?? []) }
    newest = receipts.map(\.at).max()
    undone = receipts.reduce(into: []) { found, receipt in
      guard let undid = receipt.undid else { return }
      if !found.contains(where: { $0 == (undid, receipt.release.id) }) { found.append((undid, receipt.release.id)) }
    }
    rolledBack = receipts.reduce(into: []) { found, receipt in
      for id in receipt.rolledBack ?? [] where !found.contains(id) { found.append(id) }
    }
    origins = Self.earliest(receipts)
    firsts = Self.earliest(receipts.filter { $0.undid == nil })
    // One host's good receipt is enough: its engine may have died before it could tell the others.
    good = receipts.filter { $0.trial != true }.map(\.deployment).sorted().reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    // Most say the same.
    returned = states.filter { $0.receipt?.undid != nil }.reduce(into: []) { found, state in
      let isKnown = found.contains { $0.receipt == state.receipt && $0.previous?.deployment == state.previous?.deployment }
      if !isKnown { found.append(state) }
    }
  }

  private static func earliest(_ receipts: [Receipt]) -> [Origin] {
    receipts.reduce(into: []) { found, receipt in
      if let index = found.firstIndex(where: { $0.release == receipt.release.id }) {
        found[index].at = min(found[index].at, receipt.origin)
      } else {
        found.append((receipt.release.id, receipt.origin))
      }
    }
  }

  package init(_ surveys: [Survey]) {
    self.init(surveys.compactMap { if case .reached(let state) = $0 { state } else { nil } })
  }

  /// The receipt as the group sees it: a receipt on trial is good if another host's receipt of the same deployment is good.
  package func settled(_ receipt: Receipt?) -> Receipt? {
    guard var receipt, receipt.trial == true, good.contains(receipt.deployment) else { return receipt }
    receipt.trial = nil
    return receipt
  }

  /// Whether a host may go back to this receipt: its deployment has succeeded, and has not been taken back since.
  package func isGood(_ receipt: Receipt) -> Bool {
    guard settled(receipt)?.trial != true, !rolledBack.contains(receipt.deployment) else { return false }
    return !returned.contains { took(back: receipt, $0) }
      && !undone.contains { $0.deployment == receipt.deployment && !isNewer($0.by, than: receipt.release.id) }
  }

  /// Whether a host ran the receipt's release again later and left it for an older release. Then the release is bad for its older
  /// deployments, too.
  private func took(back receipt: Receipt, _ state: HostState) -> Bool {
    guard let now = state.receipt, let left = state.previous, left.deployment == now.undid else { return false }
    guard left.release.id == receipt.release.id, receipt.at < now.at else { return false }
    return settled(left)?.trial == true || !isNewer(now.release.id, than: left.release.id)
  }

  /// Whether a release was first deployed after another release. A person who looks for a working release goes far back and then forward
  /// again. A release that is left by such a step forward was not taken back.
  private func isNewer(_ release: Release.ID, than left: Release.ID) -> Bool {
    guard let one = firsts.first(where: { $0.release == release }) else { return false }
    return firsts.contains { $0.release == left && $0.at < one.at }
  }

  /// The newest good receipt of any host; nil: there is none. Earlier receipts count only if hosts remember nothing else.
  /// - Parameter left: a release that the group is to leave; it does not count.
  package func lastGood(besides left: Release.ID? = nil) -> Receipt? {
    newest(of: states.flatMap { [$0.receipt, $0.previous].compactMap { $0 } + same($0) }, besides: left)
      ?? newest(of: states.flatMap { $0.kept ?? [] }, besides: left, before: origin(of: left))
  }

  /// Replaced receipts of the release that the host runs: with another recipe, this release may be good.
  private func same(_ state: HostState) -> [Receipt] {
    (state.kept ?? []).filter { $0.release.id == state.current && $0.release.id == state.receipt?.release.id }
  }

  /// When a release was first deployed; nil: unknown. A rollback from it never goes to a later release.
  private func origin(of release: Release.ID?) -> Timestamp? { origins.first { $0.release == release }?.at }

  private func newest(of receipts: [Receipt], besides left: Release.ID?, before end: Timestamp? = nil) -> Receipt? {
    var newest: Receipt?
    for receipt in receipts where receipt.release.id != left && isGood(receipt) {
      if let end, receipt.at >= end { continue }
      if newest.map({ $0.at < receipt.at }) ?? true { newest = settled(receipt) }
    }
    return newest
  }

  /// Whether the release that a host runs is not good: it is on trial, was taken back, or was left there by a failed deployment. A host on
  /// the way back to its previous release does not count.
  package func isUnfinished(_ state: HostState) -> Bool {
    guard let receipt = state.receipt else { return state.current != nil }
    if !isGood(receipt) { return true }
    return state.current != receipt.release.id && state.current != state.previous?.release.id
  }

  /// The receipt that the host alone would go back to; nil: it remembers no good receipt.
  package func own(_ state: HostState) -> Receipt? {
    if let receipt = state.receipt, isGood(receipt), isUnfinished(state) { return settled(receipt) }
    if let now = state.receipt, !isGood(now), let before = newest(of: same(state), besides: nil) { return before }
    if let previous = state.previous, isGood(previous) { return previous }
    return newest(of: state.kept ?? [], besides: state.current, before: origin(of: state.current))
  }
}
