import Crypto
package import DeployModel

extension DeployModel.Digest {
  /// Computes the SHA-256 of bytes.
  package init(of bytes: some Sequence<UInt8>) {
    var hash = Sha256()
    hash.update(Array(bytes))
    self = hash.digest
  }

  /// Computes the SHA-256 of a string's UTF-8.
  package init(of text: String) { self.init(of: text.utf8) }

  /// Makes a digest from its 32 bytes.
  init(raw: some Sequence<UInt8>) {
    self.init(hex: Hex.text(raw))
  }
}

/// Computes a SHA-256 piece by piece.
package struct Sha256 {
  private var hash = SHA256()
  package init() {}

  package mutating func update(_ bytes: [UInt8]) { hash.update(data: bytes) }
  package mutating func update(_ bytes: UnsafeRawBufferPointer) { hash.update(bufferPointer: bytes) }

  /// The digest of the bytes so far. More bytes can follow.
  package var digest: DeployModel.Digest { DeployModel.Digest(raw: raw) }
  /// The digest of the bytes so far, as 32 bytes.
  var raw: [UInt8] { Array(hash.finalize()) }
}
