/// The stages of a deployment that changes no host. A stage runs in three cases: an earlier deployment brought the release to all hosts,
/// but died before its stages had ended; hosts have recorded that the stage failed or was undone; or `--again` or `--ran` names the stage.
extension Plan {
  package var changesHosts: Bool { hosts.contains { $0.action == .change } }

  /// Whether a stage runs in this deployment. All stages run if hosts change or if the deployment undoes stages.
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

  /// Whether a stage runs although no host changes.
  package var hasDueStages: Bool { !changesHosts && flow.stages.contains(where: isDue) }

  /// An earlier deployment that brought the release to the hosts but did not end, or nil if there is none.
  package var unended: Deployment.ID? {
    guard flow.trial == true, kind == .deploy else { return nil }
    return hosts.lazy.compactMap { $0.previous?.trial == true ? $0.previous?.deployment : nil }.first
  }
}
