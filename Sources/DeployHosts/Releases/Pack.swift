import Crypto
import DeployCore
import DeployModel
import Glibc

/// Bytes to be sent to hosts. Packs with the same name have the same bytes.
struct Pack: Sendable {
  let source: any ByteSource
  /// The name of the pack on a host. It ends in `.tar` if the pack is a plain tar, and in `.pack` if it is compressed. Without this ending,
  /// it is the SHA-256 of the bytes, or has a `-`. In the second case, it says only from what the bytes were made.
  let name: String
  /// The number of bytes, or nil if the pack is still growing.
  private let fixed: Int?
  private let growing: GrowingPack?

  /// The number of bytes. This is an estimate as long as the pack is growing.
  var size: Int { fixed ?? growing?.expected ?? 0 }

  init(_ tar: any BundleTar) { (source, fixed, name, growing) = (tar, tar.size, tar.name + ".tar", nil) }

  /// Makes a pack from a file. The file's name can be removed afterwards.
  /// - Throws: if the file cannot be read.
  init(_ path: String, isPlain: Bool = false) throws(Failure) {
    let file = try PackFile(path)
    var hash = SHA256()
    var buffer = [UInt8](repeating: 0, count: 1 << 18)
    var at = 0
    while at < file.size {
      let count = min(buffer.count, file.size - at)
      buffer.withUnsafeMutableBytes { bytes in
        let part = UnsafeMutableRawBufferPointer(rebasing: bytes[..<count])
        file.read(from: at, into: part)
        hash.update(bufferPointer: UnsafeRawBufferPointer(part))
      }
      at += count
    }
    (source, fixed, growing) = (file, file.size, nil)
    name = Hex.text(hash.finalize()) + (isPlain ? ".tar" : ".pack")
  }

  private init(_ growing: GrowingPack, name: String) { (source, fixed, self.growing, self.name) = (growing, nil, growing, name) }

  /// Returns the pack in compressed form, whose name is the digest of its bytes. The same content always gives the same bytes.
  func compressed() throws(Failure) -> Pack {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let path = "\(folder.path)/pack"
    let file = try GzipFile(path)
    var at = 0
    repeat {
      let count = min(GzipFile.stride, size - at)
      try file.add(count, isLast: at + count == size) { source.read(from: at, into: $0) }
      at += count
    } while at < size
    return try Pack(path)
  }

  /// A function of the host that a job calls in place of another one, because of what it works on, and the line that arranges this.
  typealias Choice = (function: String, line: String)
  /// The function that the host calls if it cannot use the pack for a release, or nil for the one for usual packs.
  var doubt: Choice? { name.contains("-") ? ("l_unsure", "l_unfit() { l_unsure \"$@\"; }") : nil }

  /// The name of the pack that `growing` returns.
  var growingName: String { GrowingPack.name(of: String(name.dropLast(4))) + ".pack" }

  /// Returns the pack in compressed form, which can be sent while it is being made.
  /// - Parameter place: a path at which the form is kept once it is whole, or nil if it is needed only now.
  func growing(keptAt place: String?) throws(Failure) -> Pack {
    Pack(try GrowingPack(of: source, size: size, keptAt: place), name: growingName)
  }

  /// Waits until at least this number of bytes can be sent, or all of them. - Throws: if the pack cannot be made.
  func reach(_ least: Int) async throws(Failure) -> GrowingPack.Reach {
    if let growing { return try await growing.reach(least) }
    return GrowingPack.Reach(made: size, isWhole: true)
  }
}
