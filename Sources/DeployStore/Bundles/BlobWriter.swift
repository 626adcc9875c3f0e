import DeployModel
import Glibc

/// Writes a blob whose digest is known only once the whole blob is written.
final class BlobWriter {
  private let store: BlobStore
  private let temporary: String
  private let file: OpenFile
  private var hash = Sha256()
  private(set) var size = 0
  private var isSettled = false

  init(_ store: BlobStore) throws(Failure) {
    self.store = store
    temporary = store.scratchName()
    file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL)
  }

  deinit { if !isSettled { unlink(temporary) } }

  func write(_ bytes: [UInt8]) throws(Failure) {
    hash.update(bytes)
    size += bytes.count
    try file.write(bytes)
  }

  func finish() throws(Failure) -> Digest {
    let digest = hash.digest
    if !store.has(digest, size: size) {
      try store.settle(temporary, as: digest)
      isSettled = true
    }
    return digest
  }
}
