/// A bundle that was just built, with warnings.
package struct BuiltBundle: Sendable, Hashable {
  /// The bundle of a task or a removal, which send nothing.
  package static let nothing = BuiltBundle(
    bundle: Bundle(digest: Digest(hex: String(repeating: "0", count: 64)), files: 0, bytes: 0, source: "nothing"),
    manifest: Manifest(items: []))

  /// A bundle that hosts have but this machine lacks, so that it cannot be sent.
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
