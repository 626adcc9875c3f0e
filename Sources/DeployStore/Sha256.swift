import Crypto
package import DeployModel

extension DeployModel.Digest {
  /// SHA-256 of bytes.
  package init(of bytes: some Sequence<UInt8>) {
    var hash = Sha256()
    hash.update(Array(bytes))
    self = hash.digest
  }

  /// SHA-256 of a text's UTF-8.
  package init(of text: String) { self.init(of: text.utf8) }

  /// From 32 raw bytes.
  init(raw: some Sequence<UInt8>) {
    self.init(hex: Hex.text(raw))
  }
}

/// A SHA-256 that is fed piece by piece.
package struct Sha256 {
  private var hash = SHA256()
  package init() {}

  package mutating func update(_ bytes: [UInt8]) { hash.update(data: bytes) }
  package mutating func update(_ bytes: UnsafeRawBufferPointer) { hash.update(bufferPointer: bytes) }

  /// The digest of the bytes so far; more may follow.
  package var digest: DeployModel.Digest { DeployModel.Digest(raw: raw) }
  /// The same as 32 raw bytes.
  var raw: [UInt8] { Array(hash.finalize()) }
}
