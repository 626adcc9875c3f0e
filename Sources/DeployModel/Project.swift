/// All that a project's `deploy.lua` declares; the product of the description phase.
package struct Project: Sendable, Hashable, Codable {
  package var recipes: [Recipe]
  package var groups: [DeploymentGroup]
  package var configurations: [DeploymentConfiguration]
  /// Every source that was read, in the order of paths: deploy.lua, plugins, shipped recipes and strategies, the prelude.
  package var sources: [SourceFile]
  /// What deserves a look though nothing is wrong.
  package var warnings: [Problem]
  package init(
    recipes: [Recipe] = [], groups: [DeploymentGroup] = [], configurations: [DeploymentConfiguration] = [], sources: [SourceFile] = [],
    warnings: [Problem] = []
  ) {
    self.recipes = recipes
    self.groups = groups
    self.configurations = configurations
    self.sources = sources
    self.warnings = warnings
  }
}
