/// A bundle in the store, as lists of bundles show it.
package struct StoredBundle: Sendable, Hashable, Codable {
  package var bundle: Bundle
  /// When the bundle was last built, even if the store already had it.
  package var at: Timestamp

  package init(bundle: Bundle, at: Timestamp) {
    self.bundle = bundle
    self.at = at
  }
}
