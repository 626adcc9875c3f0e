import DeployModel
import Glibc

/// Stores the contents of one build. Small contents go into a volume, which counts only after `finish`. Large contents become blobs.
final class ContentIntake {
  private let blobs: BlobStore
  private let name = "\(getpid())-\(UInt64.random(in: 0 ... .max))"
  private let temporary: String
  private var file: OpenFile?
  private var entries: [VolumeList.Entry] = []
  private var places: [Digest: Int] = [:]
  /// The bytes that have not been written yet, and the number of bytes that have been written.
  private var buffer: [UInt8] = []
  private var written = 0
  /// The sizes of the large contents that were stored when this was first asked.
  private lazy var sizes = blobs.largeSizes

  /// Begins the intake. The caller holds the bundle lock, so that nothing that exists now is pruned in the meantime.
  init(_ blobs: BlobStore) {
    self.blobs = blobs
    temporary = blobs.scratchName()
    blobs.volumes.refresh()
  }

  deinit { if file != nil { unlink(temporary) } }

  /// Stores an open file. Returns its digest, its size, and at most its first 512 bytes.
  func keep(_ file: OpenFile, limit: Int) throws(Failure) -> (digest: Digest, size: Int, start: ArraySlice<UInt8>) {
    // Reading one more byte than the file should have shows whether the file has grown.
    let first = min(try file.status().size + 1, BlobStore.chunk)
    guard let start = try file.read(upTo: first) else { return (try take([]), 0, []) }
    if start.count < first {
      guard start.count <= limit else { throw Self.tooLarge(limit) }
      return (try take(start), start.count, start.prefix(512))
    }
    let kept = try keepLarge(file, start, limit: limit)
    return (kept.digest, kept.size, start.prefix(512))
  }

  /// Stores a large file. If a content of this size is stored, the file is hashed before it is copied, because it probably is that content.
  /// The digest of the copy is computed again, because the file might change in the meantime.
  private func keepLarge(_ file: OpenFile, _ start: [UInt8], limit: Int) throws(Failure) -> (digest: Digest, size: Int) {
    let writer = writer()
    guard sizes.contains(try file.status().size) else {
      try writer.write(start)
      while let chunk = try file.read(upTo: BlobStore.chunk) {
        try writer.write(chunk)
        guard writer.size <= limit else { throw Self.tooLarge(limit) }
      }
      return (try writer.finish(), writer.size)
    }
    var hash = Sha256()
    hash.update(start)
    var size = start.count
    while let chunk = try file.read(upTo: BlobStore.chunk) {
      hash.update(chunk)
      size += chunk.count
      guard size <= limit else { throw Self.tooLarge(limit) }
    }
    guard size <= limit else { throw Self.tooLarge(limit) }
    let digest = hash.digest
    if blobs.has(digest, size: size) { return (digest, size) }
    guard lseek(file.descriptor, 0, SEEK_SET) == 0 else { throw Disk.failure("read again", file.path) }
    while let chunk = try file.read(upTo: BlobStore.chunk), writer.size <= limit { try writer.write(chunk) }
    return (try writer.finish(), writer.size)
  }

  private static func tooLarge(_ limit: Int) -> Failure { Failure(.invalid, "the file has more than \(limit) bytes") }

  /// Returns a writer for a content that arrives in pieces.
  func writer() -> ContentWriter { ContentWriter(self, blobs) }

  /// Stores a small content.
  func take(_ bytes: [UInt8]) throws(Failure) -> Digest {
    let digest = Digest(of: bytes)
    if !blobs.has(digest, size: bytes.count) { try append(bytes, digest) }
    return digest
  }

  /// Copies contents from another volume. Content that no longer matches its digest is not copied.
  func copy(_ entries: [VolumeList.Entry], from volume: String) throws(Failure) {
    for entry in entries {
      let bytes = try blobs.volumes.open(volume).read(at: entry.start, count: entry.size)
      if Digest(of: bytes) == entry.digest { try append(bytes, entry.digest) }
    }
  }

  private func append(_ bytes: [UInt8], _ digest: Digest) throws(Failure) {
    guard places[digest] == nil else { return }
    places[digest] = entries.count
    entries.append(VolumeList.Entry(digest: digest, start: written + buffer.count, size: bytes.count))
    buffer += bytes
    if buffer.count >= BlobStore.chunk { try flush() }
  }

  /// Returns a content that this intake has stored, or that was stored before.
  func content(of digest: Digest) throws(Failure) -> [UInt8] {
    guard let entry = places[digest].map({ entries[$0] }) else { return try blobs.content(of: digest) }
    try flush()
    return try OpenFile(temporary, O_RDONLY).read(at: entry.start, count: entry.size)
  }

  private func flush() throws(Failure) {
    if file == nil { file = try OpenFile(temporary, O_WRONLY | O_CREAT | O_EXCL) }
    try file?.write(buffer)
    written += buffer.count
    buffer.removeAll(keepingCapacity: true)
  }

  /// Puts the volume in place, followed by its list. Does nothing if there was no new content.
  func finish() throws(Failure) {
    guard !entries.isEmpty else { return }
    try flush()
    try Disk.move(temporary, to: blobs.volumes.path(of: name))
    file = nil
    try VolumeList(name, entries).write(in: blobs.volumes.folder)
    blobs.volumes.refresh()
    (entries, places) = ([], [:])
  }
}

/// Writes a content that arrives in pieces. The content counts as small until it has more bytes than `BlobStore.chunk`.
final class ContentWriter {
  private let intake: ContentIntake
  private let blobs: BlobStore
  private var small: [UInt8] = []
  private var large: BlobWriter?
  private(set) var size = 0

  fileprivate init(_ intake: ContentIntake, _ blobs: BlobStore) { (self.intake, self.blobs) = (intake, blobs) }

  func write(_ bytes: [UInt8]) throws(Failure) {
    size += bytes.count
    if let large { return try large.write(bytes) }
    small += bytes
    guard size > BlobStore.chunk else { return }
    let large = try BlobWriter(blobs)
    try large.write(small)
    (self.large, small) = (large, [])
  }

  func finish() throws(Failure) -> Digest { if let large { try large.finish() } else { try intake.take(small) } }
}
