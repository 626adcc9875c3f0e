/// A recipe by its sources, with the hooks that run on hosts.
package struct PinnedRecipe: Sendable, Hashable, Codable {
  package var name: String
  /// The digest of its sources. The store and the hosts keep them under it.
  package var sources: Digest
  package var hooks: [Recipe.Hook]
  /// The appspec options, if an appspec file installs the releases; nil: `current` is switched.
  package var appspec: AppSpecOptions?
  /// Names of the groups that the recipe's hooks may use besides their own hosts; nil: it is the deployment's own recipe, or an older
  /// version wrote the plan.
  package var partners: [String]?
  /// The recipe's stages with an undo, in their order; nil: it has none, or is the deployment's own recipe, whose plan has all stages.
  package var undoable: [Stage]?
  /// The parameters of the deployments that the recipe acts for; nil: it is the deployment's own recipe, or in a plan of an older version.
  package var parameters: Value?
  /// The release whose stages the recipe undoes; nil: its hooks run.
  package var undoes: Release.ID?
  package init(name: String, sources: Digest, hooks: [Recipe.Hook], appspec: AppSpecOptions? = nil, partners: [String]? = nil) {
    self.name = name
    self.sources = sources
    self.hooks = hooks
    self.appspec = appspec
    self.partners = partners
  }

  /// The recipe for undoing the stages of a release.
  package func undoing(_ release: Release.ID) -> PinnedRecipe {
    var copy = self
    copy.undoes = release
    return copy
  }

  /// Whether a release was deployed with this recipe.
  /// - Parameter own: the deployment's parameters, which are those of its own recipe.
  package func goes(with receipt: Receipt, own: Value? = nil) -> Bool {
    hasSources(of: receipt) && ((parameters ?? own).map { $0 == receipt.inputs.parameters } ?? true)
  }

  /// Whether a release was deployed with this recipe, whatever the parameters were.
  package func hasSources(of receipt: Receipt) -> Bool {
    undoes == nil && sources == receipt.inputs.sources && name.isExactly(receipt.recipe)
  }
}
