import Crypto
import DeployCore
import DeployModel
import Glibc

/// Bytes to be sent to hosts. Their name is derived from their content.
struct Pack: Sendable {
  let source: any ByteSource
  let size: Int
  let digest: String
  /// Whether the pack is a plain tar. If false, it is compressed.
  let isPlain: Bool
  /// The name of the pack on a host.
  var name: String { digest + (isPlain ? ".tar" : ".pack") }

  init(_ tar: any BundleTar) { (source, size, digest, isPlain) = (tar, tar.size, tar.digest.hex, true) }

  /// Makes a pack from a file. The file's name can be removed afterwards.
  /// - Throws: if the file cannot be read.
  init(_ path: String, isPlain: Bool = false) throws(Failure) {
    guard let file = fopen(path, "re") else { throw Temporary.failure("\(path) cannot be read") }
    defer { fclose(file) }
    var hash = SHA256()
    var size = 0
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    while true {
      let count = fread(&buffer, 1, buffer.count, file)
      if count == 0 { break }
      buffer.withUnsafeBytes { hash.update(bufferPointer: UnsafeRawBufferPointer(rebasing: $0[0..<count])) }
      size += count
    }
    guard ferror(file) == 0 else { throw Temporary.failure("\(path) cannot be read") }
    source = try PackFile(path)
    self.size = size
    self.isPlain = isPlain
    digest = Hex.text(hash.finalize())
  }

  /// Returns the pack in compressed form. The same content always gives the same bytes.
  func compressed() throws(Failure) -> Pack {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = "\(folder.path)/pack"
    try Gzip.pack(source, size: size, into: path)
    return try Pack(path)
  }
}
