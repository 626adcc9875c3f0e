import DeployModel

extension Desk {
  /// Who asks for a deployment, why, from which commit, and what is new in it.
  /// - Parameters:
  ///   - wanted: a revision other than the recipe's own, as typed.
  ///   - surveys: what hosts run now, with the commits that their receipts name.
  ///   - origin: the commit and the new commits, if they were looked up before; nil: they were not. New commits that it lacks are looked
  ///     up.
  ///   - signer: the signer of the bundle.
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

  /// The commits between what hosts run and a new one; nil: unknown, or there are none.
  private func changes(to commit: Commit?, from surveys: [Survey], in folder: String) async -> CommitRange? {
    guard let new = commit?.id, let old = Self.commit(runningOn: surveys), old != new else { return nil }
    return await commits.changes(from: old, to: new, in: folder)
  }

  /// The provenance if no commit is chosen: who asks and why.
  func provenance(_ said: StatedProvenance) -> Provenance {
    Provenance(actor: said.actor ?? system?.actor, message: said.message, labels: said.labels, job: system?.job)
  }

  /// The commit that a revision is made from, with what the CI system knows of it.
  func commit(_ ref: String?, in folder: String) async -> Commit? {
    var found = await commits.commit(ref, in: folder)
    guard ref == nil, let system, let said = system.commit else { return found }
    // An archive of the sources, or a runner without git.
    if found == nil { found = Commit(id: said) }
    // CI systems check out commits, not branches.
    if var commit = found, commit.id == said {
      commit.branch = commit.branch ?? system.branch
      commit.tag = commit.tag ?? system.tag
      found = commit
    }
    return found
  }

  /// The folder in which to look for the commit of a revision; nil: the revision comes from no known commit.
  func commitPlace(_ recipe: Recipe, _ wanted: String?, _ folder: String) -> (folder: String, ref: String?)? {
    if wanted?.hasPrefix("bundle:") == true { return nil }
    guard let revision = wanted.map({ RevisionChoice($0, stage.files).revision(of: recipe) }) ?? recipe.revision else { return nil }
    switch revision.source {
    case .git(let ref, let repository): return (stage.files.absolute(repository, in: folder), ref)
    case .path(let path):
      // What comes from outside the project was not made from its commit.
      let absolute = stage.files.absolute(path, in: folder)
      return absolute == folder || absolute.hasPrefix(folder + "/") ? (folder, nil) : nil
    }
  }

  /// The commit that most hosts run; if several are equally frequent, the first host's. Nil: no receipt names a commit.
  private static func commit(runningOn surveys: [Survey]) -> String? {
    var counts: [(id: String, hosts: Int)] = []
    for case .reached(let state) in surveys {
      guard let id = state.receipt?.provenance?.commit?.id else { continue }
      if let index = counts.firstIndex(where: { $0.id == id }) { counts[index].hosts += 1 } else { counts.append((id, 1)) }
    }
    return counts.reduce(nil as (id: String, hosts: Int)?) { best, one in best.map { one.hosts > $0.hosts ? one : $0 } ?? one }?.id
  }
}
