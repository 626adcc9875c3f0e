package import DeployModel

/// A project whose `deploy.lua` has been read.
package struct LoadedProject: Sendable {
  /// The absolute path of the project's folder.
  package var folder: String
  package var project: Project
  /// Warnings about the folder. Warnings about recipes are not included.
  package var warnings: [Problem] = []
  /// The typed options that describe a project without a `deploy.lua`, or nil if the project has a `deploy.lua`.
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
