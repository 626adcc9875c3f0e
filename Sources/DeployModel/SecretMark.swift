/// What a receipt records about a secret: enough to detect that the value has changed, but nothing that reveals the value.
package struct SecretMark: Sendable, Hashable, Codable {
  package var name: String
  /// The HMAC-SHA256 of the name and the value, with a key that only this host has, or nil if the value was unknown when the receipt was
  /// written.
  package var digest: Digest?
  package init(_ name: String, digest: Digest? = nil) {
    self.name = name
    self.digest = digest
  }
}

/// The result of comparing the current values of secrets with their values when a receipt was written.
package struct SecretComparison: Sendable, Hashable, Codable {
  /// The names of the secrets whose values have changed.
  package var changed: [String]
  /// The names of the secrets whose values are unchanged.
  package var same: [String]
  /// The names of the secrets that could not be compared.
  package var unknown: [String]
  /// Why some secrets could not be compared, or nil if all were compared.
  package var reason: String?
  package init(changed: [String] = [], same: [String] = [], unknown: [String] = [], reason: String? = nil) {
    self.changed = changed
    self.same = same
    self.unknown = unknown
    self.reason = reason
  }
}
