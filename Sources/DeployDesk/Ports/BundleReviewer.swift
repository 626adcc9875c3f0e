package import DeployCore
package import DeployModel

/// Reviews a packed bundle that an appspec file installs, before anything starts.
package protocol BundleReviewer: Sendable {
  /// - Throws: `Failure` if the bundle's content cannot be read.
  func review(_ manifest: Manifest, _ options: AppSpecOptions, in store: any BundleStore) async throws -> ReviewedBundle
}

/// The result of the review of a bundle with an appspec file.
package struct ReviewedBundle: Sendable, Hashable {
  /// Everything that would fail on the hosts.
  package var problems: [Problem]
  /// Number of warnings, which make nothing fail.
  package var warnings: Int
  package var scripts: [AppSpecOptions.Scripts]
  /// The steps of the installation on a host that has none of the bundle's files, one a line.
  package var installation: [String]

  package init(problems: [Problem], warnings: Int, scripts: [AppSpecOptions.Scripts], installation: [String]) {
    self.problems = problems
    self.warnings = warnings
    self.scripts = scripts
    self.installation = installation
  }
}
