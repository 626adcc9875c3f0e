package import DeployModel

extension Desk {
  /// Runs the build and packs the revision into a bundle.
  /// - Parameter wanted: the revision that somebody typed, or nil for the recipe's own.
  /// - Throws: an error that lists all problems of the revision.
  package func build(_ recipe: Recipe, _ wanted: String?, of project: LoadedProject) async throws -> BuiltBundle {
    guard !recipe.bringsNothing else { return .nothing }
    if let wanted, wanted.hasPrefix("bundle:") {
      let (stored, manifest) = try shelf.inspect(String(wanted.dropFirst(7)))
      return BuiltBundle(bundle: stored.bundle, manifest: manifest)
    }
    let choice = wanted.map { RevisionChoice($0, stage.files) }
    if let problem = choice?.unlike(recipe) { throw Problems(problem) }
    guard var revision = choice?.revision(of: recipe) ?? recipe.revision else {
      throw Problems(
        Problem(
          "recipe \"\(recipe.name)\" says nothing about what to deploy", place: recipe.place,
          fix: "add revision = bundle { from = \"dist\" }"))
    }
    revision.linksLeave = recipe.appspec != nil
    if let build = revision.build {
      // The build's environment might contain the recipe's secrets, so they are hidden in the build's output.
      _ = await expect(secretsNamedIn: project.project.sources)
      tell(.building(build))
    }
    let built = try await builder.build(revision, in: project.folder) { [tell] in tell(.output($0)) }
    for warning in built.warnings { tell(.warning(warning)) }
    return built
  }
}

extension Desk {
  /// Before any recipe runs, gets the values of all secrets that occur in the sources. From now on, these values are hidden in all output.
  /// - Returns: the names of the secrets that are not available on this machine, or are too short to be hidden. An operation that needs one
  ///   of these secrets will fail.
  package func expect(secretsNamedIn sources: [SourceFile]) async -> [String] {
    let named = SecretNames(in: sources)
    for name in named.examples { try? await secrets.expect([name]) }
    var unknown: [String] = []
    for name in named.used {
      do { try await secrets.expect([name]) } catch { unknown.append(name) }
    }
    return unknown
  }
}
