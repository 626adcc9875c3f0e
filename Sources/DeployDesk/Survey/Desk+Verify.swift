package import DeployCore
package import DeployModel

/// The result of comparing the current releases of a group's hosts with their manifests.
package struct VerifiedGroup: Sendable {
  package var recipe: String
  package var group: String
  /// The result for each host, in the order of the hosts.
  package var hosts: [(name: String, verdict: HostVerdict)]
  /// The survey of each host, in the order of the hosts.
  package var surveys: [Survey]
  /// Whether every host that answered has its release unchanged.
  package var isWhole: Bool
}

extension Desk {
  /// The largest number of hosts that are compared at the same time. The number is small because each host hashes a whole release.
  private static let width = 10

  /// Compares the current release of every host of a selection with the release's manifest. Nothing changes on the hosts.
  package func verify(_ selection: Selection) async -> VerifiedGroup {
    tell(.remark("Comparing the release of \(selection.hosts.count.of("host")) of \(GroupName(selection.group).noun) with its manifest …"))
    let found = await survey(selection)
    let verdicts = await verdicts(found.named, at: found.selection.recipe.placement)
    let isWhole = zip(verdicts, found.surveys).allSatisfy { $1.isUnreachable || $0.verdict.isWhole }
    return VerifiedGroup(
      recipe: found.recipe, group: found.group, hosts: verdicts, surveys: found.surveys, isWhole: isWhole)
  }

  /// Returns the results of comparing these hosts' current releases with their manifests, in the order of the hosts.
  func verdicts(_ found: [(host: Host, survey: Survey)], at placement: Placement) async -> [(name: String, verdict: HostVerdict)] {
    var verdicts = found.map { (name: $0.host.name, verdict: HostVerdict.empty) }
    await withTaskGroup(of: (Int, HostVerdict).self) { group in
      for (number, (host, survey)) in found.enumerated() {
        if number >= Self.width, let (done, verdict) = await group.next() { verdicts[done].verdict = verdict }
        let path = host.place(placement.path)
        group.addTask { (number, await verdict(host, survey, at: path)) }
      }
      for await (done, verdict) in group { verdicts[done].verdict = verdict }
    }
    return verdicts
  }

  private func verdict(_ host: Host, _ survey: Survey, at path: String) async -> HostVerdict {
    guard case .reached(let state) = survey else {
      guard case .unreachable(let failure) = survey else { return .empty }
      return .failed(failure.problem(of: host.name))
    }
    if state.stranger != nil { return state.drift.last.map { .failed($0) } ?? .empty }
    let gone = state.damage(of: state.current).map { $0.kind == .gone || $0.kind == .unlisted } ?? false
    guard let current = state.current, !gone else { return state.drift.first.map { .failed($0) } ?? .empty }
    do {
      let found = try await watch.verify(host, at: path, current: current)
      if let receipt = state.receipt, receipt.release.id == current, receipt.inputs.bundle != found.bundle {
        return .failed(
          Problem(
            "the manifest of release \(current) is of bundle \(found.bundle.short), and the receipt says \(receipt.inputs.bundle.short)",
            subject: host.name, fix: "see who changed \(path)/.lander; lander deploy --force writes both again"))
      }
      return .compared(found)
    } catch { return .failed(error.problem(of: host.name)) }
  }
}
