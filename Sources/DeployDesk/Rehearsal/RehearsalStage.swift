package import DeployCore

/// The parts that a rehearsal of a recipe needs. A rehearsal needs no host, no journal and no bundle.
package struct RehearsalStage: Sendable {
  package let library: any RehearsalLibrary
  package let files: any ProjectFiles
  /// Creates a new identity for each plan.
  package let identity: @Sendable () -> Planner.Identity

  package init(library: any RehearsalLibrary, files: any ProjectFiles, identity: @escaping @Sendable () -> Planner.Identity) {
    self.library = library
    self.files = files
    self.identity = identity
  }

  /// Returns the stage of a lab.
  package func wrapped(_ scene: LabScene) -> RehearsalStage {
    RehearsalStage(library: LabLibrary(over: library, in: scene), files: files, identity: identity)
  }
}
