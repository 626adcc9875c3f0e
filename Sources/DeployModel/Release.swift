/// A bundle on hosts with its shared paths linked: complete, and never changed.
package struct Release: Sendable, Hashable, Codable {
  /// The name of the release's folder in `releases/`: the first 12 digits of a SHA-256 over the bundle's digest and the shared paths.
  package struct ID: Identifier {
    package let rawValue: String
    package init(_ text: String) { rawValue = text }
  }
  package var id: ID
  package var bundle: Digest
  /// Paths inside the release that are links to `shared/`. A path that ends in `/` is a folder.
  package var shared: [String]
  package init(id: ID, bundle: Digest, shared: [String] = []) {
    self.id = id
    self.bundle = bundle
    self.shared = shared
  }
}

/// A packed revision. Its digest is computed from the content, so that equal contents have equal digests.
package struct Bundle: Sendable, Hashable, Codable {
  /// The SHA-256 of the manifest's canonical text.
  package var digest: Digest
  package var files: Int
  package var bytes: Int
  /// Where the bundle comes from, for people: `dist`, `app.tgz`, `git v1.4.2 (3f2a91c)`.
  package var source: String
  package init(digest: Digest, files: Int, bytes: Int, source: String) {
    self.digest = digest
    self.files = files
    self.bytes = bytes
    self.source = source
  }
}

/// The contents of a bundle, path by path.
package struct Manifest: Sendable, Hashable, Codable {
  package struct Item: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Hashable, Codable { case file, directory, link }
    /// The path relative to the bundle: never empty, with `/` between names, and without `.` and `..`.
    package var path: String
    package var kind: Kind
    /// The permission bits, 0…0o7777. They are 0o777 for a link.
    package var mode: Int
    package var size: Int
    /// The digest of a file's content, or nil for folders and links.
    package var digest: Digest?
    /// The target of a link, or nil for files and folders.
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
  /// The entries, sorted by the bytes of their paths.
  package var items: [Item]
  package init(items: [Item]) { self.items = items }
  package var bytes: Int { items.reduce(0) { $0 + $1.size } }
}

/// A text file of a recipe, plugin or strategy, with the path that `require` and error messages use.
package struct SourceFile: Sendable, Hashable, Codable {
  /// The largest size of a source file in bytes. It is equal to `CLUA_SOURCE`.
  package static let mostBytes = 1 << 20

  package var path: String
  package var text: String
  package init(path: String, text: String) {
    self.path = path
    self.text = text
  }
}
