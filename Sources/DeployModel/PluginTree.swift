/// The files of a plugin. They are copied, and the plugin's digest is computed from them.
package struct PluginTree: Sendable, Hashable {
  package struct File: Sendable, Hashable {
    /// The path relative to the plugin's folder, with `/` between names.
    package var path: String
    package var isExecutable: Bool
    package var bytes: [UInt8]
    package init(_ path: String, isExecutable: Bool = false, bytes: [UInt8]) {
      self.path = path
      self.isExecutable = isExecutable
      self.bytes = bytes
    }
  }
  /// The files, sorted by the bytes of their paths.
  package let files: [File]

  /// The largest number of files.
  package static let mostFiles = 1000
  /// The largest number of bytes in all files together.
  package static let mostBytes = 16 << 20

  /// - Throws: an error if there are too many files or bytes, if a path could lead out of the folder, or if two files have the same path.
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

  /// Whether a path stays inside the plugin's folder and refers to the same file on every machine.
  package static func isGood(_ path: String) -> Bool {
    let parts = path.parts(at: "/", keepingEmpty: true)
    return path.utf8.count <= 500
      && parts.allSatisfy { part in
        !part.isEmpty && part != "." && part != ".." && part.lowercased() != ".git" && part.utf8.count <= 255
          && part.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7f && $0 != "\\" }
      }
  }

  /// Returns the text of the file with this path, or nil if there is no such file.
  package func text(_ path: String) -> String? {
    files.first { $0.path.isExactly(path) }.map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  /// Passes to `feed` the bytes that the plugin's digest covers: for each file, whether it is executable, its size, its path and its
  /// content.
  package func canonical(_ feed: ([UInt8]) -> Void) {
    feed(Array("lander plugin 1\n".utf8))
    for file in files {
      feed(Array("\(file.isExecutable ? "x" : "-") \(file.bytes.count) \(file.path)\n".utf8))
      feed(file.bytes)
    }
  }
}
