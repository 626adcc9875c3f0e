import DeployCore
import DeployModel

/// The releases, `current` and the receipts of a simulated host.
extension SimulatedHost {
  mutating func complete(_ release: Release, _ job: SimulatedJob) {
    damage.removeAll { $0.release == release.id }
    guard let index = releases.firstIndex(where: { $0.release.id == release.id }) else {
      releases.append(StoredRelease(release: release, complete: defect != .unverifiedRelease))
      return note(.releases, job)
    }
    if !releases[index].complete, defect != .unverifiedRelease {
      releases[index].complete = true
      note(.releases, job)
    }
  }

  /// - Parameter link: for a nil `release`, the target of the link `current` before the first deployment, or nil if there was no link.
  mutating func activate(_ release: Release.ID?, link: String?, _ job: SimulatedJob) -> Outcome {
    switch strange {
    case .folder?, .file?: return .failed(.invalid, "current of \(name) is not a link, and is not touched", fix: "move it away")
    case .link(let found)? where release == nil && found != link:
      return .failed(.invalid, "current of \(name) leads to \(found): somebody else changed it meanwhile, and it is left alone")
    default: break
    }
    if let release, !has(release), defect != .unverifiedRelease {
      return .failed(.missing, "\(name) has no complete release \(release)", fix: "stage it first")
    }
    if release == nil { leave() }
    guard current != release || foreign != link else { return .done() }
    (current, foreign) = (release, link)
    note(.current, job)
    return .done()
  }

  mutating func discard(_ release: Release.ID, _ job: SimulatedJob) -> Outcome {
    if release == current { return .failed(.invalid, "\(name) runs \(release): it cannot be discarded") }
    releases.removeAll { $0.release.id == release }
    replaced.removeAll { $0.release.id == release }
    note(.releases, job)
    return .done()
  }

  /// Returns the receipts of these releases, as far as the host keeps them.
  func receipts(of wanted: [Release.ID]) -> [Receipt] {
    wanted.compactMap { release in replaced.first { $0.release.id == release } }
  }

  /// Removes old releases. The outcome lists them, the newest first.
  mutating func prune(keep: Int, pinned: [Release.ID], _ job: SimulatedJob) -> Outcome {
    let receipts = [receipt, previous, before].compactMap { $0 }
    let good = [current].compactMap { $0 } + receipts.map(\.release.id) + pinned
    let old = releases.filter(\.complete).dropLast(max(keep, 1)).map(\.release.id)
    surplus = old.first { $0 == before?.release.id }
    let gone = old.filter { !good.contains($0) }
    releases.removeAll { !$0.complete || gone.contains($0.release.id) }
    replaced = replaced.filter { has($0.release.id) }
    sources.removeAll { digest in !(receipts + replaced).contains { $0.inputs.sources == digest } }
    if !gone.isEmpty { note(.releases, job) }
    return .done(.list(gone.reversed().map { .text($0.rawValue) }))
  }

  /// Once the current release is good, removes the release that was kept only because a rollback might have needed it.
  mutating func trim() {
    defer { surplus = nil }
    guard let surplus, ![receipt?.release.id, previous?.release.id, current].contains(surplus) else { return }
    releases.removeAll { $0.release.id == surplus }
    replaced.removeAll { $0.release.id == surplus }
  }

  mutating func record(_ new: Receipt, _ job: SimulatedJob) -> Outcome {
    // A receipt that is restored belongs to an earlier deployment, so it is not compared with `current`.
    if new.deployment == job.deployment, defect != .unverifiedRelease {
      guard has(new.release.id) else { return .failed(.corrupt, "release \(new.release.id) was removed while it was deployed") }
      guard current == new.release.id else {
        return .failed(.corrupt, "current of \(name) is not release \(new.release.id): something else changed it meanwhile")
      }
    }
    var new = new
    if defect == .trialIgnored || new.trial == false { new.trial = nil }
    if let old = receipt, old.release.id != new.release.id || old.trial != true {
      replaced.removeAll { $0.release.id == old.release.id }
      replaced.append(old)
    }
    if let old = receipt, old.release.id != new.release.id, old.trial != true {
      if let previous, previous.release.id != old.release.id { before = previous }
      previous = old
    } else if receipt?.trial == true, previous?.release.id == new.release.id {
      (previous, before) = (before, nil)
    }
    receipt = new
    failedRestore = nil
    if new.trial != true { before = nil }
    if !sources.contains(new.inputs.sources) { sources.append(new.inputs.sources) }
    note(.receipt, job)
    return .done()
  }

  /// Returns the recipe sources with a digest, as records of `path` and `text`.
  func kept(_ digest: Digest) -> Outcome {
    guard sources.contains(digest) else { return .failed(.missing, "\(name) keeps no recipe sources \(digest)") }
    return .done(.list((texts[digest] ?? []).map { .record(of: [("path", .text($0.path)), ("text", .text($0.text))]) }))
  }

  /// Removes the receipt of the current release, because no other release of Lander takes its place.
  private mutating func leave() {
    if let current, receipt?.release.id == current { receipt = nil }
  }
}
