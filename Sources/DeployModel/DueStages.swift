/// Stages of a deployment that changes no host. They run if an earlier deployment brought the release to all hosts and died before its own
/// stages had ended, if hosts remember that a stage failed or was undone, or if `--again` or `--ran` names a stage.
extension Plan {
  package var changesHosts: Bool { hosts.contains { $0.action == .change } }

  /// Whether a stage runs. All stages run if hosts change, or if stages are undone.
  package func isDue(_ stage: Stage) -> Bool {
    guard !changesHosts, undone.isEmpty else { return true }
    guard kind == .deploy, flow.undoes == nil, flow.rules?.runsDueStages == true, case .script(_, _, _, _, _, let terms) = stage else {
      return false
    }
    switch terms?.settled {
    case .again, .told, .owed: return true
    case .ran, nil: return unended != nil
    }
  }

  /// Whether any stage runs although no host changes.
  package var hasDueStages: Bool { !changesHosts && flow.stages.contains(where: isDue) }

  /// The deployment that brought the release to the hosts but did not end; nil: there is none.
  package var unended: Deployment.ID? {
    guard flow.trial == true, kind == .deploy else { return nil }
    return hosts.lazy.compactMap { $0.previous?.trial == true ? $0.previous?.deployment : nil }.first
  }
}
