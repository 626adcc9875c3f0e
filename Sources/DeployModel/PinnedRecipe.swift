/// A recipe that a plan pins: the digest of its sources, and its hooks.
package struct PinnedRecipe: Sendable, Hashable, Codable {
  package var name: String
  /// The digest of the recipe's sources, under which the store and the hosts keep them.
  package var sources: Digest
  package var hooks: [Recipe.Hook]
  /// The options of the appspec file that installs the releases, or nil if Lander installs them and switches `current`.
  package var appspec: AppSpecOptions?
  /// The names of the groups whose hosts the recipe's hooks are allowed to use, in addition to their own host. Nil if this is the
  /// deployment's own recipe or an older version wrote the plan.
  package var partners: [String]?
  /// The recipe's stages that have an undo, in order, or nil if there are none or this is the deployment's own recipe, whose stages are in
  /// the plan.
  package var undoable: [Stage]?
  /// The parameters of the earlier deployments whose releases this recipe handles. Nil if this is the deployment's own recipe or an older
  /// version wrote the plan.
  package var parameters: Value?
  /// The release whose stages the recipe undoes, or nil if the recipe is in the plan for its hooks.
  package var undoes: Release.ID?
  package init(name: String, sources: Digest, hooks: [Recipe.Hook], appspec: AppSpecOptions? = nil, partners: [String]? = nil) {
    self.name = name
    self.sources = sources
    self.hooks = hooks
    self.appspec = appspec
    self.partners = partners
  }

  /// Returns a copy of the recipe that undoes the stages of a release.
  package func undoing(_ release: Release.ID) -> PinnedRecipe {
    var copy = self
    copy.undoes = release
    return copy
  }

  /// Whether this recipe, with these parameters, deployed the receipt's release.
  /// - Parameter own: the plan's parameters, which count if the recipe has none of its own.
  package func goes(with receipt: Receipt, own: Value? = nil) -> Bool {
    hasSources(of: receipt) && ((parameters ?? own).map { $0 == receipt.inputs.parameters } ?? true)
  }

  /// Whether this recipe deployed the receipt's release, with any parameters.
  package func hasSources(of receipt: Receipt) -> Bool {
    undoes == nil && sources == receipt.inputs.sources && name.isExactly(receipt.recipe)
  }
}
