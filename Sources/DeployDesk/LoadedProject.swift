package import DeployModel

/// A project's `deploy.lua`, read.
package struct LoadedProject: Sendable {
  /// The folder it lies in, absolute.
  package var folder: String
  package var project: Project
  /// What deserves a look about the folder, beyond what the recipe shows.
  package var warnings: [Problem] = []
  /// The options that named it, if it has no `deploy.lua`; nil: it has one.
  package var typed: String?
  /// The plugins that it requires, in the order in which they were read.
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
