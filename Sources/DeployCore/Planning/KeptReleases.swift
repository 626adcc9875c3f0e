package import DeployModel

/// The releases that the hosts of a group keep, newest first: the candidates for a rollback.
package struct KeptReleases: Sendable {
  /// One release, with what the hosts say about it.
  package struct Kept: Sendable, Hashable {
    package var release: Release.ID
    /// The release's newest receipt. Nil if the release's deployment never ended, or if an older version of lander deployed the release
    /// without a receipt.
    package var receipt: Receipt?
    /// The names of the hosts that keep the release.
    package var hosts: [String]
    /// The names of the hosts that run the release.
    package var running: [String]
    /// The names of the hosts that lack a part of the release, so that they cannot go back to it.
    package var damaged: [String]
    package var verdict: Verdict
  }
  /// Whether hosts are allowed to go back to a release.
  package enum Verdict: String, Sendable, Hashable {
    case good
    /// No deployment of the release has succeeded so far.
    case trial
    /// The release was rolled back, or the release's deployment did not succeed and was followed by another deployment.
    case bad
    /// No host has a receipt of the release, and it is not clear why.
    case unknown
  }
  package let list: [Kept]

  /// - Parameter hosts: the hosts and their surveys. Unreachable hosts are ignored.
  package init(_ hosts: [(host: Host, survey: Survey)]) {
    let reached = hosts.compactMap { host, survey -> (name: String, state: HostState)? in
      if case .reached(let state) = survey { (host.name, state) } else { nil }
    }
    let history = GroupHistory(reached.map(\.state))
    var releases: [Release.ID] = []
    for (_, state) in reached { for release in state.releases where !releases.contains(release) { releases.append(release) } }
    let kept = releases.map { release -> Kept in
      let keeping = reached.filter { $0.state.releases.contains(release) }
      let running = reached.filter { $0.state.current == release }.map(\.name)
      let receipts = keeping.flatMap { [$0.state.receipt, $0.state.previous].compactMap { $0 } + ($0.state.kept ?? []) }
      let newest = receipts.filter { $0.release.id == release }.max { $0.at < $1.at }
      let isUnderWay = reached.contains { $0.state.receipt?.release.id == release }
      return Kept(
        release: release, receipt: history.settled(newest), hosts: keeping.map(\.name), running: running,
        damaged: keeping.filter { $0.state.damage(of: release) != nil }.map(\.name),
        verdict: newest.map { history.isGood($0) ? .good : isUnderWay ? .trial : .bad }
          ?? (keeping.allSatisfy { Self.neverWorked(release, on: $0.state) } ? .bad : .unknown))
    }
    let known = kept.filter { $0.receipt != nil }.sorted { a, b in
      guard let (a, b) = a.receipt.flatMap({ a in b.receipt.map { (a, $0) } }) else { return false }
      return (b.at, a.release.id) < (a.at, b.release.id)
    }
    list = known + kept.filter { $0.receipt == nil }
  }

  /// Whether no deployment of a release without a receipt came to its end on a host. A host writes the receipt at that end, and keeps
  /// replaced receipts. Older versions kept only the previous good one. But if there is no previous one, nothing was replaced, and whatever
  /// came after a release with a receipt would have one too.
  private static func neverWorked(_ release: Release.ID, on state: HostState) -> Bool {
    guard state.lock == nil, state.current != release, let index = state.releases.firstIndex(of: release) else { return false }
    let known = ([state.receipt, state.previous].compactMap { $0 } + (state.kept ?? [])).map(\.release.id)
    // The releases are sorted, the newest first.
    return state.previous == nil || state.releases[index...].contains { known.contains($0) }
  }

  /// Whether a word is the beginning of a name of the release: of its id, its bundle's digest, its commit or its deployment.
  private static func names(_ text: String, _ kept: Kept) -> Bool {
    let others = [kept.receipt?.inputs.bundle.hex, kept.receipt?.deployment.rawValue, kept.receipt?.provenance?.commit?.id]
    return kept.release.begins(with: text) || others.contains { $0?.hasPrefix(text) == true }
  }

  /// Returns the receipt of the release that a word identifies. The word is the beginning of the id of a release or a deployment, of a
  /// bundle's digest or of a commit. It has at least four characters, unless it is the whole id.
  /// - Throws: an error if the word identifies no release, several releases, or a release that is not good. The error lists the good
  ///   releases.
  package func find(_ word: String) throws(Problems) -> Receipt {
    let text = word.hasPrefix("bundle:") ? String(word.dropFirst("bundle:".count)) : word
    let whole = list.filter { $0.receipt?.deployment.rawValue.isExactly(text) == true }
    let meant = whole.isEmpty ? list.filter { !text.isEmpty && Self.names(text, $0) } : whole
    guard let first = meant.first else {
      throw Problems(Problem("no host keeps a release \"\(word)\"", subject: "--to", fix: choice(near: word)), exit: .refused)
    }
    let which = "say which: \(Self.list(meant))"
    guard meant.count == 1 else {
      throw Problems(Problem("\"\(word)\" names \(meant.count) releases", subject: "--to", fix: which))
    }
    guard text.utf8.count >= 4 || !whole.isEmpty else {
      throw Problems(Problem("\"\(word)\" is too short: at least 4 characters name a release", subject: "--to", fix: which))
    }
    let reason: String
    switch (first.verdict, first.receipt) {
    case (.good, let receipt?): return receipt
    case (.trial, _): reason = "no deployment of it has succeeded so far"
    case (.bad, nil): reason = "no deployment of it succeeded"
    case (.bad, let receipt?): reason = "deployment \(receipt.deployment) of it did not succeed, or was taken back"
    default: reason = "its receipt is not kept, so nobody knows the recipe that goes with it"
    }
    let message = "release \(first.release) is no good release to go back to: \(reason)"
    throw Problems(Problem(message, subject: "--to", fix: choice()), exit: .refused)
  }

  /// Returns the ids of at most ten releases, each with its deployment, so that a person can tell them apart.
  private static func list(_ meant: [Kept]) -> String {
    let names = meant.prefix(10).map { kept in kept.release.rawValue + (kept.receipt.map { " (deployment \($0.deployment))" } ?? "") }
    return names.joined(separator: ", ") + (meant.count > 10 ? " and \(meant.count - 10) more" : "")
  }

  private func choice(near word: String = "") -> String {
    let good = list.filter { $0.verdict == .good }.map(\.release)
    if good.isEmpty { return "lander deploy --revision bundle:DIGEST deploys one of lander bundle list" }
    let hint = word.isEmpty ? nil : NearMatch.of(word, among: good.map(\.rawValue)).map { "did you mean \($0)? " }
    return (hint ?? "") + "good ones are \(good.joined(separator: ", ")); lander releases says what each host keeps"
  }
}
