/// A bundle on hosts: immutable, complete, with its shared paths linked.
package struct Release: Sendable, Hashable, Codable {
  /// The folder's name under `releases/`: the first 12 digits of the SHA-256 of the bundle's digest and the shared list.
  package typealias ID = String
  package var id: ID
  package var bundle: Digest
  /// Paths inside the release that are links into `shared/`; a folder ends in `/`.
  package var shared: [String]
  package init(id: ID, bundle: Digest, shared: [String] = []) {
    self.id = id
    self.bundle = bundle
    self.shared = shared
  }
}

/// A revision packed: its digest names the content, so equal content has an equal digest.
package struct Bundle: Sendable, Hashable, Codable {
  /// SHA-256 of the manifest's canonical text.
  package var digest: Digest
  package var files: Int
  package var bytes: Int
  /// The source of the bundle, in words: `dist`, `app.tgz`, `git v1.4.2 (3f2a91c)`.
  package var source: String
  package init(digest: Digest, files: Int, bytes: Int, source: String) {
    self.digest = digest
    self.files = files
    self.bytes = bytes
    self.source = source
  }
}

/// What a bundle holds, path by path.
package struct Manifest: Sendable, Hashable, Codable {
  package struct Item: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable { case file, directory, link }
    /// Relative, `/` between parts, no `.` or `..`, never empty.
    package var path: String
    package var kind: Kind
    /// Permission bits, 0…0o7777; 0o777 for links.
    package var mode: Int
    package var size: Int
    /// The digest of a file's content; nil for the other kinds.
    package var digest: Digest?
    /// The target of a link; nil for the other kinds.
    package var target: String?
    package init(path: String, kind: Kind, mode: Int, size: Int = 0, digest: Digest? = nil, target: String? = nil) {
      self.path = path
      self.kind = kind
      self.mode = mode
      self.size = size
      self.digest = digest
      self.target = target
    }
  }
  /// In the order of their paths' bytes.
  package var items: [Item]
  package init(items: [Item]) { self.items = items }
  package var bytes: Int { items.reduce(0) { $0 + $1.size } }
}

/// One text file of a recipe, plugin or strategy, by the path `require` and error messages use.
package struct SourceFile: Sendable, Hashable, Codable {
  /// Bytes that one text of a recipe may have; the same as `CLUA_SOURCE`.
  package static let mostBytes = 1 << 20

  package var path: String
  package var text: String
  package init(path: String, text: String) {
    self.path = path
    self.text = text
  }
}
