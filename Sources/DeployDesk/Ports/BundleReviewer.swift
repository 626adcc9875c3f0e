package import DeployCore
package import DeployModel

/// Reviews a bundle with an appspec file before anything starts.
package protocol BundleReviewer: Sendable {
  /// Reviews the bundle.
  /// - Throws: `Failure` if the bundle's content cannot be read.
  func review(_ manifest: Manifest, _ options: AppSpecOptions, in store: any BundleStore) async throws -> ReviewedBundle
}

/// The result of the review of a bundle with an appspec file.
package struct ReviewedBundle: Sendable, Hashable {
  /// The problems that would make a host fail.
  package var problems: [Problem]
  /// The number of warnings. Warnings do not make anything fail.
  package var warnings: Int
  package var scripts: [AppSpecOptions.Scripts]
  /// The steps of the installation on a host that has none of the bundle's files, one step a line.
  package var installation: [String]

  package init(problems: [Problem], warnings: Int, scripts: [AppSpecOptions.Scripts], installation: [String]) {
    self.problems = problems
    self.warnings = warnings
    self.scripts = scripts
    self.installation = installation
  }
}
