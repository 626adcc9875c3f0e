package import DeployModel

/// Says on which host a stage runs. The engine and the scripts ask here, so that both mean the same host.
extension Plan {
  /// Returns the number of the host on which a stage runs, or nil if the stage names no host or the deployment does not have that host.
  package func elected(for terms: StageTerms) -> Int? {
    switch terms.ground {
    case nil, .engine: nil
    case .host: electedHost(for: terms)
    case .group(let name): partners.first { $0.groups.contains { $0.isExactly(name) } }?.host.number
    }
  }

  /// Returns the first target of the function. Plans of older rules are read as they were, because their scripts run again on resume.
  private func electedHost(for terms: StageTerms) -> Int? {
    guard let release = terms.undoes?.release else { return present.first }
    if flow.rules?.undoesWhereReleaseIs == true { return targets(undoing: release).first }
    guard kind == .rollback(of: nil) else { return present.first }
    return present.first { hosts[$0].previous?.release.id == release } ?? present.first
  }

  /// The hosts that were not left out.
  private var present: [Int] {
    hosts.indices.filter { if case .leftOut = hosts[$0].action { false } else { true } }
  }

  /// Returns the numbers of the hosts that a function sees as the targets of the deployment.
  /// - Parameter release: the release whose stages the function undoes, or nil if it undoes nothing. Hosts that leave this release come
  ///   first, because its folder is there. Hosts on which there is nothing of the application are not among the targets.
  package func targets(undoing release: Release.ID?) -> [Int] {
    guard let release, flow.rules?.undoesWhereReleaseIs == true else { return present }
    let able = kind == .rollback(of: nil) ? present.filter { !hosts[$0].isBare } : present
    let ranks = able.map { (number: $0, rank: rank(hosts[$0], release)) }
    return (0...2).flatMap { rank in ranks.filter { $0.rank == rank }.map(\.number) }
  }

  /// Returns the hosts that can take the place of a host that was lost before it undid a stage, in the order in which they are preferred.
  /// They are as likely to have the release as that host, or have run it for sure.
  /// - Parameter release: the release whose stage the function undoes.
  func standIns(for lost: Int, undoing release: Release.ID) -> [Int] {
    guard hosts.indices.contains(lost), flow.rules?.undoesElsewhere == true else { return [] }
    let least = max(1, rank(hosts[lost], release))
    return targets(undoing: release).filter { $0 != lost && rank(hosts[$0], release) <= least }
  }

  /// How sure it is that a host has the folder of the release: 0 if it runs the release, 1 if it ran the release and was restored, and 2 if
  /// that is not known.
  private func rank(_ host: HostPlan, _ release: Release.ID) -> Int {
    if host.previous?.release.id == release, host.lost != release { return 0 }
    return host.ran == release || host.action == .unchanged && host.goal != nil ? 1 : 2
  }
}

extension HostPlan {
  /// Whether there is nothing of the application on the host, so that no release folder can be there.
  fileprivate var isBare: Bool { previous == nil && current == nil && found == nil && lost == nil }
}
