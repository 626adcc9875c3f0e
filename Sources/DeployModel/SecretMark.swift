/// A secret as a receipt remembers it: enough to see that its value has changed, and nothing of the value itself.
package struct SecretMark: Sendable, Hashable, Codable {
  package var name: String
  /// HMAC-SHA256 of name and value under the host's own key; nil if the value was not known when the receipt was written.
  package var digest: Digest?
  package init(_ name: String, digest: Digest? = nil) {
    self.name = name
    self.digest = digest
  }
}

/// The result of comparing the values of secrets now with those that a receipt was made with.
package struct SecretComparison: Sendable, Hashable, Codable {
  /// Names whose value is another one now.
  package var changed: [String]
  /// Names whose value is the same.
  package var same: [String]
  /// Names that could not be compared.
  package var unknown: [String]
  /// Why some could not be compared; nil if all could.
  package var reason: String?
  package init(changed: [String] = [], same: [String] = [], unknown: [String] = [], reason: String? = nil) {
    self.changed = changed
    self.same = same
    self.unknown = unknown
    self.reason = reason
  }
}
