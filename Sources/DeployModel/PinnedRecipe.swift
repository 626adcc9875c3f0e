/// A recipe by its sources, with the hooks that run on hosts.
package struct PinnedRecipe: Sendable, Hashable, Codable {
  package var name: String
  /// The digest of its sources. The store and the hosts keep them under it.
  package var sources: Digest
  package var hooks: [Recipe.Hook]
  /// Set if the appspec file in its releases installs them; nil: `current` is switched.
  package var appspec: AppSpecOptions?
  /// Names of the groups that its hooks may work with besides their own hosts; nil: it is the deployment's own recipe, or an older
  /// version's.
  package var partners: [String]?
  /// Its stages that can be undone, in their order; nil: it has none, or is the deployment's own, whose plan has all stages.
  package var undoable: [Stage]?
  /// The parameters of the deployments that it acts for; nil: it is the deployment's own, or in a plan of an older version.
  package var parameters: Value?
  /// The release whose stages it undoes; nil: its hooks run.
  package var undoes: Release.ID?
  package init(name: String, sources: Digest, hooks: [Recipe.Hook], appspec: AppSpecOptions? = nil, partners: [String]? = nil) {
    self.name = name
    self.sources = sources
    self.hooks = hooks
    self.appspec = appspec
    self.partners = partners
  }

  /// The same to undo what ran for a release.
  package func undoing(_ release: Release.ID) -> PinnedRecipe {
    var copy = self
    copy.undoes = release
    return copy
  }

  /// Whether it is what a release was deployed with.
  /// - Parameter own: the deployment's parameters, which are those of its own recipe.
  package func goes(with receipt: Receipt, own: Value? = nil) -> Bool {
    hasSources(of: receipt) && ((parameters ?? own).map { $0 == receipt.inputs.parameters } ?? true)
  }

  /// The same, whatever the parameters were.
  package func hasSources(of receipt: Receipt) -> Bool {
    undoes == nil && sources == receipt.inputs.sources && name.isExactly(receipt.recipe)
  }
}
