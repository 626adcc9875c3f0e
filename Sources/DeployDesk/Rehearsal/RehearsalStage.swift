package import DeployCore

/// What is needed to play a recipe: no host, no journal, no bundle.
package struct RehearsalStage: Sendable {
  package let library: any RehearsalLibrary
  package let files: any ProjectFiles
  /// Makes a new one for each plan.
  package let identity: @Sendable () -> Planner.Identity

  package init(library: any RehearsalLibrary, files: any ProjectFiles, identity: @escaping @Sendable () -> Planner.Identity) {
    self.library = library
    self.files = files
    self.identity = identity
  }
}
