import DeployModel

extension Desk {
  /// Returns who asks for a deployment, why, which commit it is made from, and which commits are new.
  /// - Parameters:
  ///   - wanted: the revision that somebody typed, or nil for the recipe's own.
  ///   - surveys: the surveys of the hosts. Their receipts say which commits the hosts run now.
  ///   - origin: the commit and the new commits, or nil if they have to be looked up. If only the new commits are missing, only the new
  ///     commits are looked up.
  ///   - signer: the signer of the bundle, or nil if no signer is known.
  func provenance(
    _ said: StatedProvenance, _ recipe: Recipe, _ wanted: String?, of project: LoadedProject, replacing surveys: [Survey],
    from origin: Provenance? = nil, signedBy signer: String? = nil
  ) async -> Provenance? {
    var provenance = self.provenance(said)
    provenance.signer = signer
    if let origin {
      (provenance.commit, provenance.changes) = (origin.commit, origin.changes)
      if provenance.changes == nil, let (place, _) = commitPlace(recipe, nil, project.folder) {
        provenance.changes = await changes(to: origin.commit, from: surveys, in: place)
      }
      return provenance.nilIfEmpty
    }
    guard let (place, ref) = commitPlace(recipe, wanted, project.folder) else { return provenance.nilIfEmpty }
    provenance.commit = await commit(ref, in: place)
    provenance.changes = await changes(to: provenance.commit, from: surveys, in: place)
    return provenance.nilIfEmpty
  }

  /// Returns the commits from the one that hosts run to a new one. Returns nil if these commits are unknown, or if there are none.
  private func changes(to commit: Commit?, from surveys: [Survey], in folder: String) async -> CommitRange? {
    guard let new = commit?.id, let old = Self.commit(runningOn: surveys), old != new else { return nil }
    return await commits.changes(from: old, to: new, in: folder)
  }

  /// Returns the provenance without a commit: who asks, and why.
  func provenance(_ said: StatedProvenance) -> Provenance {
    Provenance(actor: said.actor ?? system?.actor, message: said.message, labels: said.labels, job: system?.job)
  }

  /// Returns the commit from which a revision is made, completed with facts from the CI system, or nil if the commit is unknown.
  func commit(_ ref: String?, in folder: String) async -> Commit? {
    var found = await commits.commit(ref, in: folder)
    guard ref == nil, let system, let said = system.commit else { return found }
    // The sources might come from an archive, or the CI job might have no git.
    if found == nil { found = Commit(id: said) }
    // CI systems check out a commit rather than a branch.
    if var commit = found, commit.id == said {
      commit.branch = commit.branch ?? system.branch
      commit.tag = commit.tag ?? system.tag
      found = commit
    }
    return found
  }

  /// Returns the folder and the ref with which to look up the commit of a revision, or nil if the revision comes from no known commit.
  func commitPlace(_ recipe: Recipe, _ wanted: String?, _ folder: String) -> (folder: String, ref: String?)? {
    if wanted?.hasPrefix("bundle:") == true { return nil }
    guard let revision = wanted.map({ RevisionChoice($0, stage.files).revision(of: recipe) }) ?? recipe.revision else { return nil }
    switch revision.source {
    case .git(let ref, let repository): return (stage.files.absolute(repository, in: folder), ref)
    case .path(let path):
      // A folder outside the project does not belong to the project's commit.
      let absolute = stage.files.absolute(path, in: folder)
      return absolute == folder || absolute.hasPrefix(folder + "/") ? (folder, nil) : nil
    }
  }

  /// Returns the commit that most hosts run. If several commits are equally frequent, the one that comes first in the order of the hosts
  /// counts. Returns nil if no receipt has a commit.
  private static func commit(runningOn surveys: [Survey]) -> String? {
    var counts: [(id: String, hosts: Int)] = []
    for case .reached(let state) in surveys {
      guard let id = state.receipt?.provenance?.commit?.id else { continue }
      if let index = counts.firstIndex(where: { $0.id == id }) { counts[index].hosts += 1 } else { counts.append((id, 1)) }
    }
    return counts.reduce(nil as (id: String, hosts: Int)?) { best, one in best.map { one.hosts > $0.hosts ? one : $0 } ?? one }?.id
  }
}
