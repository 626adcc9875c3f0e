/// A bundle that was just built, and what deserves a look although nothing is wrong.
package struct BuiltBundle: Sendable, Hashable {
  /// What a task and a removal bring.
  package static let nothing = BuiltBundle(
    bundle: Bundle(digest: Digest(hex: String(repeating: "0", count: 64)), files: 0, bytes: 0, source: "nothing"),
    manifest: Manifest(items: []))

  /// What hosts have already and this machine has not: nothing of it can be sent.
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
