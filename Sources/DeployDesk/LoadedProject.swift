package import DeployModel

/// A project whose `deploy.lua` was read.
package struct LoadedProject: Sendable {
  /// The project's folder, absolute.
  package var folder: String
  package var project: Project
  /// Warnings about the folder, in addition to those about the recipe.
  package var warnings: [Problem] = []
  /// The options that describe the project if it has no `deploy.lua`; nil: it has one.
  package var typed: String?
  /// The plugins that the project requires, in the order in which they were read.
  package var plugins: [RequiredPlugin] = []

  package init(
    folder: String, project: Project, warnings: [Problem] = [], typed: String? = nil, plugins: [RequiredPlugin] = []
  ) {
    self.folder = folder
    self.project = project
    self.warnings = warnings
    self.typed = typed
    self.plugins = plugins
  }
}
