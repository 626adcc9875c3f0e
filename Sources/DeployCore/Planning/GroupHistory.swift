package import DeployModel

/// What the receipts of all hosts of a group say together: which deployments are good, and which revision is the last good one.
package struct GroupHistory: Sendable {
  private let states: [HostState]
  /// The good deployments, sorted by id.
  private let good: [Deployment.ID]
  /// The time of the newest receipt, or nil if no host has a receipt.
  package let newest: Timestamp?
  /// The hosts whose receipts say that a deployment was rolled back.
  private let returned: [HostState]
  /// The deployments that were rolled back according to receipts, each with the release to which the rollback returned.
  private let undone: [(deployment: Deployment.ID, by: Release.ID)]
  /// The deployments that, according to receipts, earlier rollbacks have rolled back.
  private let rolledBack: [Deployment.ID]
  /// When each release was first deployed, as far as receipts show it.
  private let origins: [Origin]
  /// When each release was first deployed, taken only from receipts that say this for certain. A receipt that a rollback of an older
  /// version wrote does not say it for certain, so `origins` might contain more releases.
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
    firsts = Self.earliest(receipts.filter { $0.undid == nil || $0.installedAt != nil })
    // A good receipt on one host is enough, because the engine might have died before it could make the other hosts' receipts good.
    good = receipts.filter { $0.trial != true }.map(\.deployment).sorted().reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    // Hosts with equal receipts are included only once.
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

  /// Returns the receipt, updated from the receipts of the whole group: a receipt on trial becomes good if another host has a good receipt
  /// of the same deployment.
  package func settled(_ receipt: Receipt?) -> Receipt? {
    guard var receipt, receipt.trial == true, good.contains(receipt.deployment) else { return receipt }
    receipt.trial = nil
    return receipt
  }

  /// Whether a host is allowed to go back to the receipt's release: the receipt's deployment succeeded and was not rolled back later.
  package func isGood(_ receipt: Receipt) -> Bool {
    guard settled(receipt)?.trial != true, !rolledBack.contains(receipt.deployment) else { return false }
    return !returned.contains { took(back: receipt, $0) }
      && !undone.contains { $0.deployment == receipt.deployment && !isNewer($0.by, than: receipt.release.id) }
  }

  /// Whether a host got the receipt's release again in a later deployment and then left that release for an older one. In that case, the
  /// release counts as bad for the earlier deployment too.
  private func took(back receipt: Receipt, _ state: HostState) -> Bool {
    guard let now = state.receipt, let left = state.previous, left.deployment == now.undid else { return false }
    guard left.release.id == receipt.release.id, receipt.at < now.at else { return false }
    return settled(left)?.trial == true || !isNewer(now.release.id, than: left.release.id)
  }

  /// Whether the first deployment of a release came after the first deployment of another release. A person who searches for a working
  /// release might go far back and then forward again. A release that hosts leave by such a step forward does not count as rolled back.
  private func isNewer(_ release: Release.ID, than left: Release.ID) -> Bool {
    guard let one = firsts.first(where: { $0.release == release }) else { return false }
    return firsts.contains { $0.release == left && $0.at < one.at }
  }

  /// Returns the newest good receipt of any host, or nil if there is none. Replaced receipts count only if the hosts have no other good
  /// receipt.
  /// - Parameter left: a release that the group leaves, whose receipts do not count, or nil if there is none.
  package func lastGood(besides left: Release.ID? = nil) -> Receipt? {
    newest(of: states.flatMap { [$0.receipt, $0.previous].compactMap { $0 } + same($0) }, besides: left)
      ?? newest(of: states.flatMap { $0.kept ?? [] }, besides: left, before: origin(of: left))
  }

  /// Returns the replaced receipts of the release that the host runs. The release might be good with the recipe and parameters of an
  /// earlier receipt, even if it is not good with the current ones.
  private func same(_ state: HostState) -> [Receipt] {
    (state.kept ?? []).filter { $0.release.id == state.current && $0.release.id == state.receipt?.release.id }
  }

  /// Returns when a release was first deployed, or nil if unknown. A rollback never goes from one release to a release that was first
  /// deployed later.
  private func origin(of release: Release.ID?) -> Timestamp? { origins.first { $0.release == release }?.at }

  private func newest(of receipts: [Receipt], besides left: Release.ID?, before end: Timestamp? = nil) -> Receipt? {
    var newest: Receipt?
    for receipt in receipts where receipt.release.id != left && isGood(receipt) {
      if let end, receipt.at >= end { continue }
      if newest.map({ $0.at < receipt.at }) ?? true { newest = settled(receipt) }
    }
    return newest
  }

  /// Whether the host runs a release that is not good: the release is on trial, it was rolled back, or a failed deployment left it on the
  /// host. False for a host that runs its previous good release.
  package func isUnfinished(_ state: HostState) -> Bool {
    guard let receipt = state.receipt else { return state.current != nil }
    if !isGood(receipt) { return true }
    return state.current != receipt.release.id && state.current != state.previous?.release.id
  }

  /// Returns the receipt that this host would go back to according to its own receipts, or nil if it has no good receipt to go back to.
  package func own(_ state: HostState) -> Receipt? {
    if let receipt = state.receipt, isGood(receipt), isUnfinished(state) { return settled(receipt) }
    if let now = state.receipt, !isGood(now), let before = newest(of: same(state), besides: nil) { return before }
    if let previous = state.previous, isGood(previous) { return previous }
    return newest(of: state.kept ?? [], besides: state.current, before: origin(of: state.current))
  }
}
