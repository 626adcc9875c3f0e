import DeployAppSpec
import DeployCore
import DeployDesk
import DeployModel

/// Reviews bundles with an appspec file.
struct AppSpecReviewer: BundleReviewer {
  func review(_ manifest: Manifest, _ options: AppSpecOptions, in store: any BundleStore) async throws -> ReviewedBundle {
    let bundle = try await AppSpecBundle(manifest, options, in: store)
    return ReviewedBundle(
      problems: bundle.problems, warnings: bundle.warnings, scripts: bundle.scripts, installation: bundle.installation)
  }
}
