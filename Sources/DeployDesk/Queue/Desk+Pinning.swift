import DeployCore
package import DeployModel

extension Desk {
  /// Builds the request's revision now, so that the deployment uses the current files even if the project changes while the deployment
  /// waits.
  /// - Returns: the request, which now specifies the bundle, and the origin of its revision. The request is unchanged if it already
  ///   specified a bundle, or if it cannot be planned.
  package func pinning(_ asked: Asked, of project: LoadedProject) async throws -> (Asked, Provenance?) {
    guard asked.unclear.isEmpty, asked.request.revision?.hasPrefix("bundle:") != true else { return (asked, nil) }
    let selection = try await Selecting(project: project, stage: stage).selection(asked)
    let recipe = selection.recipe
    // A task or a removal has no revision that could change during the wait.
    guard !recipe.bringsNothing else { return (asked, nil) }
    let built = try await build(recipe, asked.request.revision, of: project)
    let origin = await provenance(asked.request.said, recipe, asked.request.revision, of: project, replacing: [])
    var pinned = asked
    pinned.request.revision = "bundle:\(built.bundle.digest.hex)"
    return (pinned, origin?.commit.map { Provenance(commit: $0) })
  }

  /// Refuses a deployment that has waited if its bundle was taken from a group and that group no longer runs the bundle as a good release.
  func refuseMoved(_ source: String, from bundle: Digest, _ asked: Asked, of project: LoadedProject) async throws {
    let selection = try project.project.selection(recipe: asked.request.recipe, group: source)
    let now = try agreed(await survey(selection).named, in: source)
    guard now.inputs.bundle != bundle else { return }
    throw Problems(
      Problem(
        "group \"\(source)\" runs bundle \(now.inputs.bundle.short) now; it ran \(bundle.short) when this was asked for, before it waited",
        subject: "--from-group", fix: "deploy again, if what it runs now is wanted"),
      exit: .refused)
  }
}
