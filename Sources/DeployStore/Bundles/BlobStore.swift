import DeployModel
import Glibc

/// Contents of files under their digests: `blobs/aa/aabb…`. A blob is there whole or not at all.
struct BlobStore: Sendable {
  let folder: String
  /// Read at once; a larger file goes through twice, in pieces.
  static let chunk = 1 << 20

  func path(of digest: Digest) -> String { "\(folder)/\(digest.hex.prefix(2))/\(digest.hex)" }
  private var scratch: String { "\(folder)/tmp" }

  func has(_ digest: Digest, size: Int) -> Bool {
    guard let status = Disk.status(path(of: digest)) else { return false }
    return status.kind == .file && status.size == size
  }

  func prepare() throws(Failure) { try Disk.makeFolder(scratch) }

  /// Keeps a file that is open; returns what it held and its beginning.
  func keep(_ file: OpenFile, limit: Int) throws(Failure) -> (digest: Digest, size: Int, start: ArraySlice<UInt8>) {
    var hash = Sha256()
    var size = 0
    var start: [UInt8] = []
    var whole: [UInt8]?
    while let chunk = try file.read(upTo: Self.chunk) {
      hash.update(chunk)
      if size == 0 { start = chunk }
      size += chunk.count
      guard size <= limit else { throw Failure(.invalid, "the file has more than \(limit) bytes") }
      whole = size == chunk.count ? chunk : nil
    }
    let digest = hash.digest
    if has(digest, size: size) { return (digest, size, start.prefix(512)) }
    if let whole = size == 0 ? [] : whole {
      try put(whole, as: digest)
      return (digest, size, start.prefix(512))
    }
    // Read again, and believed only as far as the second reading goes: the file may be being written.
    let writer = try BlobWriter(self)
    guard lseek(file.descriptor, 0, SEEK_SET) == 0 else { throw Disk.failure("read again", file.path) }
    while let chunk = try file.read(upTo: Self.chunk), writer.size <= limit { try writer.write(chunk) }
    return (try writer.finish(), writer.size, start.prefix(512))
  }

  private func put(_ bytes: [UInt8], as digest: Digest) throws(Failure) {
    let temporary = scratchName()
    try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL).write(bytes)
    try settle(temporary, as: digest)
  }

  func scratchName() -> String { Disk.temporaryName(for: "\(scratch)/blob") }

  /// Moves a finished file to its place.
  func settle(_ temporary: String, as digest: Digest) throws(Failure) {
    if rename(temporary, path(of: digest)) == 0 { return }
    try Disk.makeFolder("\(folder)/\(digest.hex.prefix(2))")
    try Disk.move(temporary, to: path(of: digest))
  }

  /// A blob's bytes, checked. One that is not what it should be is put aside, so that the next build stores it anew.
  func content(of digest: Digest) throws(Failure) -> [UInt8] {
    let bytes = try read(digest) { path throws(Failure) in try Disk.read(path, limit: .max) }
    guard Digest(of: bytes) == digest else { throw putAside(digest) }
    return bytes
  }

  /// Streams a blob through `sink` and checks it on the way.
  func stream(_ digest: Digest, size: Int, into sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    let file = try read(digest) { path throws(Failure) in try OpenFile(path, O_RDONLY) }
    var hash = Sha256()
    var count = 0
    while let chunk = try file.read(upTo: Self.chunk) {
      hash.update(chunk)
      count += chunk.count
      guard count <= size else { break }
      try sink(chunk)
    }
    guard count == size, hash.digest == digest else { throw putAside(digest) }
  }

  /// Fills the buffer with a part of a blob; zeros where it cannot be read.
  func read(_ digest: Digest, from start: Int, into buffer: UnsafeMutableRawBufferPointer) {
    let file = try? OpenFile(path(of: digest), O_RDONLY)
    var done = 0
    while let file, done < buffer.count {
      let got = pread(file.descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done, off_t(start + done))
      if got < 0, errno == EINTR { continue }
      guard got > 0 else { break }
      done += got
    }
    UnsafeMutableRawBufferPointer(rebasing: buffer[done...]).initializeMemory(as: UInt8.self, repeating: 0)
  }

  /// Whether the blob is there and is what its name says.
  func isGood(_ digest: Digest, size: Int) -> Bool { (try? stream(digest, size: size) { _ throws(Failure) in }) != nil }

  private func read<T>(_ digest: Digest, _ body: (String) throws(Failure) -> T) throws(Failure) -> T {
    do {
      return try body(path(of: digest))
    } catch {
      guard error.kind == .missing else { throw error }
      throw Failure(.missing, "the store does not have the content \(digest)", fix: "build the bundle again: lander bundle build")
    }
  }

  private func putAside(_ digest: Digest) -> Failure {
    rename(path(of: digest), path(of: digest) + ".bad")
    return Failure(
      .corrupt, "the content \(digest) in the store is not what was stored; it was put aside as \(path(of: digest)).bad",
      fix: "build the bundle again: lander bundle build")
  }
}

/// A blob that is being written, of content nobody knows yet.
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
