/// A file that differs between two commits.
package struct ChangedFile: Sendable, Hashable {
  package enum Kind: String, Sendable, Hashable { case added, changed, removed }
  package var kind: Kind
  package var path: String
  package init(_ kind: Kind, _ path: String) {
    self.kind = kind
    self.path = path
  }

  /// The largest number of files in a list.
  package static let most = 2000
}
