/// Everything that a project's `deploy.lua` declares.
package struct Project: Sendable, Hashable, Codable {
  package var recipes: [Recipe]
  package var groups: [DeploymentGroup]
  package var configurations: [DeploymentConfiguration]
  /// Every source that was read, sorted by path: deploy.lua, plugins, recipes and strategies that come with Lander, and the prelude.
  package var sources: [SourceFile]
  /// Notes about things that are not errors but are probably unintended.
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
