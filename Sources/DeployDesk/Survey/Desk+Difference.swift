package import DeployCore
package import DeployModel

extension Desk {
  /// Returns the commit that a deployment would bring.
  /// - Parameter wanted: the revision that somebody typed, or nil for the recipe's own.
  /// - Returns: the commit, and the folder of the working copy that contains it.
  /// - Throws: if no commit is known for the revision.
  package func commit(
    toDeploy selection: Selection, _ wanted: String?, in project: LoadedProject
  ) async throws(Problems) -> (commit: Commit, folder: String) {
    if let wanted, var problem = RevisionChoice(wanted, stage.files).missing(in: project.folder) {
      let (typed, own) = ("--revision", "--to")
      (problem.subject, problem.fix) = (problem.subject?.replacing(typed, with: own), problem.fix?.replacing(typed, with: own))
      throw Problems(problem)
    }
    let recipe = selection.recipe
    guard let (place, ref) = commitPlace(recipe, wanted, project.folder), let commit = await commit(ref, in: place) else {
      throw Problems(
        Problem(
          "no commit is known for what recipe \"\(recipe.name)\" would deploy", subject: wanted.map { "--to \($0)" },
          fix: "name a branch, tag or commit of a working copy: --to git:main"))
    }
    return (commit, place)
  }

  /// Compares a commit with the commits that hosts run according to their receipts. Nothing is built or changed.
  /// - Parameter folder: the working copy that contains the commit.
  /// - Returns: for each commit or release that hosts run, what the commit would change there, in the order of the hosts.
  package func differences(_ found: Surveyed, to commit: Commit, in folder: String) async -> [RevisionDifference] {
    var all: [RevisionDifference] = []
    for (host, survey) in found.named {
      guard case .reached(let state) = survey else { continue }
      let known = state.receipt.flatMap { $0.release.id == state.current ? $0.provenance?.commit : nil }
      let same = all.firstIndex { known == nil ? $0.commit == nil && $0.release == state.current : $0.commit?.id == known?.id }
      if let same {
        all[same].hosts.append(host.name)
      } else {
        all.append(RevisionDifference(hosts: [host.name], release: state.current, commit: known))
      }
    }
    for index in all.indices {
      guard let old = all[index].commit?.id, old != commit.id else { continue }
      all[index].changes = await commits.changes(from: old, to: commit.id, in: folder)
      all[index].files = await commits.files(from: old, to: commit.id, in: folder)
    }
    return all
  }
}
