package import DeployCore
package import DeployModel

/// Looks into a packed bundle that is installed by an appspec file, before anything starts.
package protocol BundleReviewer: Sendable {
  /// - Throws: `Failure` if the bundle's content cannot be read.
  func review(_ manifest: Manifest, _ options: AppSpecOptions, in store: any BundleStore) async throws -> ReviewedBundle
}

/// What the look into a bundle with an appspec file found.
package struct ReviewedBundle: Sendable, Hashable {
  /// Everything that would fail on the hosts.
  package var problems: [Problem]
  /// Number of findings that are surprising but make nothing fail.
  package var warnings: Int
  package var scripts: [AppSpecOptions.Scripts]
  /// The steps of its installation on a host that has none of its files, a line each.
  package var installation: [String]

  package init(problems: [Problem], warnings: Int, scripts: [AppSpecOptions.Scripts], installation: [String]) {
    self.problems = problems
    self.warnings = warnings
    self.scripts = scripts
    self.installation = installation
  }
}
