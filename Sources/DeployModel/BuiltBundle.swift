/// A bundle that was just built, and the warnings of the build.
package struct BuiltBundle: Sendable, Hashable {
  /// A placeholder for tasks and removals, which send no bundle.
  package static let nothing = BuiltBundle(
    bundle: Bundle(digest: Digest(hex: String(repeating: "0", count: 64)), files: 0, bytes: 0, source: "nothing"),
    manifest: Manifest(items: []))

  /// Returns a placeholder for a bundle that hosts have, but that this machine lacks and therefore cannot send.
  package static func onHosts(_ digest: Digest) -> BuiltBundle {
    BuiltBundle(bundle: Bundle(digest: digest, files: 0, bytes: 0, source: "what hosts keep"), manifest: Manifest(items: []))
  }

  package var bundle: Bundle
  package var manifest: Manifest
  package var warnings: [Problem]

  package init(bundle: Bundle, manifest: Manifest, warnings: [Problem] = []) {
    self.bundle = bundle
    self.manifest = manifest
    self.warnings = warnings
  }
}
