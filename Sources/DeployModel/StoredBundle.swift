/// A bundle in the store, as lists show it.
package struct StoredBundle: Sendable, Hashable, Codable {
  package var bundle: Bundle
  /// When it was last built, even if it was in the store already.
  package var at: Timestamp

  package init(bundle: Bundle, at: Timestamp) {
    self.bundle = bundle
    self.at = at
  }
}
