/// A secret as a receipt remembers it: enough to detect a change of its value, but nothing of the value itself.
package struct SecretMark: Sendable, Hashable, Codable {
  package var name: String
  /// HMAC-SHA256 of name and value under the host's own key; nil if the value was not known when the receipt was written.
  package var digest: Digest?
  package init(_ name: String, digest: Digest? = nil) {
    self.name = name
    self.digest = digest
  }
}

/// The result of comparing the present values of secrets with those of a receipt.
package struct SecretComparison: Sendable, Hashable, Codable {
  /// Names of secrets whose value has changed.
  package var changed: [String]
  /// Names whose value is the same.
  package var same: [String]
  /// Names that could not be compared.
  package var unknown: [String]
  /// Why some secrets could not be compared; nil: all were compared.
  package var reason: String?
  package init(changed: [String] = [], same: [String] = [], unknown: [String] = [], reason: String? = nil) {
    self.changed = changed
    self.same = same
    self.unknown = unknown
    self.reason = reason
  }
}
