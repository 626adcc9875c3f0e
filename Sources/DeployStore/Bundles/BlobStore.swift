import DeployModel
import Glibc

/// Stores the contents of files under their digests: small contents in volumes, and large ones as blobs in `blobs/aa/aabb…`. A stored
/// content is always complete. Older versions stored small contents as blobs too.
struct BlobStore: Sendable {
  let folder: String
  let volumes: Volumes
  /// The largest size, in bytes, of a file that is read in one piece and goes into a volume. A larger file is read twice, in pieces, and
  /// becomes a blob.
  static let chunk = 1 << 20

  /// - Parameter bundles: the folder for all data of bundles.
  init(in bundles: String) {
    folder = "\(bundles)/blobs"
    volumes = Volumes(folder: "\(bundles)/volumes")
  }

  func path(of digest: Digest) -> String { "\(folder)/\(digest.hex.prefix(2))/\(digest.hex)" }
  private var scratch: String { "\(folder)/tmp" }

  func has(_ digest: Digest, size: Int) -> Bool {
    if let place = volumes.place(of: digest) { return place.size == size }
    guard let status = Disk.status(path(of: digest)) else { return false }
    return status.kind == .file && status.size == size
  }

  /// The sizes in bytes of all blobs.
  var largeSizes: Set<Int> {
    var sizes: Set<Int> = []
    for part in Disk.ownNames(in: folder) where part.utf8.count == 2 {
      for name in Disk.ownNames(in: "\(folder)/\(part)") {
        if let status = Disk.status("\(folder)/\(part)/\(name)") { sizes.insert(status.size) }
      }
    }
    return sizes
  }

  func prepare() throws(Failure) { for folder in [scratch, volumes.folder] { try Disk.makeFolder(folder) } }

  func scratchName() -> String { Disk.temporaryName(for: "\(scratch)/content") }

  /// Moves a complete file to the path of its digest.
  func settle(_ temporary: String, as digest: Digest) throws(Failure) {
    if rename(temporary, path(of: digest)) == 0 { return }
    try Disk.makeFolder("\(folder)/\(digest.hex.prefix(2))")
    try Disk.move(temporary, to: path(of: digest))
  }

  /// Returns the content that has this digest, after verifying it. Content that does not match its digest is moved aside, so that the next
  /// build stores the content again.
  func content(of digest: Digest) throws(Failure) -> [UInt8] {
    let part = try find(digest)
    let bytes = try part.file.read(at: part.start, count: part.size)
    guard Digest(of: bytes) == digest else { throw putAside(digest) }
    return bytes
  }

  /// Passes a content to `sink` in pieces.
  /// - Throws: an error if the content does not match its digest. This is known only after the whole content has been passed.
  func stream(_ digest: Digest, size: Int, into sink: ([UInt8]) throws(Failure) -> Void) throws(Failure) {
    let part = try find(digest)
    guard part.size == size else { throw putAside(digest) }
    var hash = Sha256()
    var done = 0
    while done < size {
      let piece = try part.file.read(at: part.start + done, count: min(Self.chunk, size - done))
      guard !piece.isEmpty else { break }
      hash.update(piece)
      done += piece.count
      try sink(piece)
    }
    guard done == size, hash.digest == digest else { throw putAside(digest) }
  }

  /// Fills the buffer with a part of a content, or with zeros if the content cannot be read.
  func read(_ digest: Digest, from start: Int, into buffer: UnsafeMutableRawBufferPointer) {
    if let part = try? find(digest) {
      StoredContent(file: part.file, start: part.start, size: part.size).read(from: start, into: buffer)
    } else {
      buffer.initializeMemory(as: UInt8.self, repeating: 0)
    }
  }

  /// Returns a content to be read in parts, or nil if the store does not have a content with this digest and size.
  func parts(of digest: Digest, size: Int) -> StoredContent? {
    guard let part = try? find(digest), part.size == size else { return nil }
    return StoredContent(file: part.file, start: part.start, size: part.size)
  }

  /// Returns whether the content exists and matches its digest.
  func isGood(_ digest: Digest, size: Int) -> Bool { (try? stream(digest, size: size) { _ throws(Failure) in }) != nil }

  private func find(_ digest: Digest) throws(Failure) -> (file: OpenFile, start: Int, size: Int) {
    if let part = try known(digest) { return part }
    // In the meantime, another process might have added volumes, or might have moved the contents of old volumes into a new volume.
    volumes.refresh()
    if let part = try known(digest) { return part }
    throw Failure(.missing, "the store does not have the content \(digest)", fix: "build the bundle again: lander bundle build")
  }

  /// - Returns: where the content is, in a known volume or as a blob, or nil if neither has it.
  private func known(_ digest: Digest) throws(Failure) -> (file: OpenFile, start: Int, size: Int)? {
    do throws(Failure) {
      if let place = volumes.place(of: digest) { return (try volumes.open(place.volume), place.start, place.size) }
      let file = try OpenFile(path(of: digest), O_RDONLY)
      return (file, 0, try file.status().size)
    } catch {
      guard error.kind == .missing else { throw error }
      return nil
    }
  }

  private func putAside(_ digest: Digest) -> Failure {
    var words = "it was put aside as \(path(of: digest)).bad"
    if let place = volumes.place(of: digest) {
      volumes.forget(digest)
      words = "it stands in \(volumes.path(of: place.volume)), and is off its list now"
    } else {
      rename(path(of: digest), path(of: digest) + ".bad")
    }
    return Failure(
      .corrupt, "the content \(digest) in the store is not what was stored; \(words)", fix: "build the bundle again: lander bundle build")
  }
}
