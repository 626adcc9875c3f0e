/// A bundle that was just built, and what deserves a look although nothing is wrong.
package struct BuiltBundle: Sendable, Hashable {
  package var bundle: Bundle
  package var manifest: Manifest
  package var warnings: [Problem]

  package init(bundle: Bundle, manifest: Manifest, warnings: [Problem] = []) {
    self.bundle = bundle
    self.manifest = manifest
    self.warnings = warnings
  }
}
