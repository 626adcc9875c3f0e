import ArgumentParser

/// Bundles in the store of this machine.
struct BundleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bundle", abstract: "Builds, lists, inspects, signs, verifies and prunes bundles.",
    subcommands: [
      BundleBuild.self, BundleList.self, BundleInspect.self, BundleSign.self, BundleVerify.self, BundlePrune.self,
    ])
}
