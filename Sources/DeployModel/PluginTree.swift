/// The files of a plugin: what its digest is made of, and what is copied.
package struct PluginTree: Sendable, Hashable {
  package struct File: Sendable, Hashable {
    /// The path from the plugin's folder, with `/` between names.
    package var path: String
    package var isExecutable: Bool
    package var bytes: [UInt8]
    package init(_ path: String, isExecutable: Bool = false, bytes: [UInt8]) {
      self.path = path
      self.isExecutable = isExecutable
      self.bytes = bytes
    }
  }
  /// In the order of their paths, by bytes.
  package let files: [File]

  /// The limits of a plugin: its files, and their bytes in all.
  package static let mostFiles = 1000
  package static let mostBytes = 16 << 20

  /// - Throws: what no plugin may hold: too much, names that lead elsewhere, two files of one name.
  package init(_ files: [File]) throws(Problem) {
    guard files.count <= Self.mostFiles else {
      throw Problem("the plugin has over \(Self.mostFiles) files", fix: "keep what is not its code elsewhere")
    }
    guard files.reduce(0, { $0 + $1.bytes.count }) <= Self.mostBytes else {
      throw Problem("the plugin has over \(Self.mostBytes >> 20) MiB", fix: "keep what is not its code elsewhere")
    }
    let ordered = files.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    for (file, next) in zip(ordered, ordered.dropFirst()) where file.path.isExactly(next.path) {
      throw Problem("the plugin has two files \(file.path)")
    }
    for file in ordered where !Self.isGood(file.path) {
      throw Problem("the plugin has a file \"\(file.path)\", whose path could lead elsewhere", fix: "rename it in the plugin")
    }
    self.files = ordered
  }

  /// Whether a path stays inside and means the same on every machine.
  package static func isGood(_ path: String) -> Bool {
    let parts = path.parts(at: "/", keepingEmpty: true)
    return path.utf8.count <= 500
      && parts.allSatisfy { part in
        !part.isEmpty && part != "." && part != ".." && part.lowercased() != ".git" && part.utf8.count <= 255
          && part.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f && $0 != "\\" }
      }
  }

  /// The text of a file; nil if there is none of that path.
  package func text(_ path: String) -> String? {
    files.first { $0.path.isExactly(path) }.map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  /// The canonical bytes for its digest: for each file whether it is executable, its size, its path and its bytes.
  package func canonical(_ feed: ([UInt8]) -> Void) {
    feed(Array("lander plugin 1\n".utf8))
    for file in files {
      feed(Array("\(file.isExecutable ? "x" : "-") \(file.bytes.count) \(file.path)\n".utf8))
      feed(file.bytes)
    }
  }
}
