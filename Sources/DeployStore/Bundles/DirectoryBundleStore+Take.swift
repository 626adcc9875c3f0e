package import DeployModel

extension DirectoryBundleStore {
  /// The limits of one request: the number of parts, and their total size in bytes.
  private static let (mostParts, mostBytes) = (256, 4 << 20)

  /// Stores a bundle that was built elsewhere, file by file. Contents that the store already has are not requested.
  /// - Parameters:
  ///   - manifest: the bundle's manifest. It is used only if its digest is the bundle's digest.
  ///   - source: where the bundle comes from, for lists.
  ///   - read: returns parts of the bundle's files, in the order of the request.
  /// - Throws: `corrupt` if the manifest or a content does not match its digest. Contents that arrived before are kept.
  package func take(
    _ bundle: Digest, _ manifest: Manifest, from source: String,
    reading read: @escaping @Sendable ([BundlePart]) async throws(Failure) -> [[UInt8]]
  ) async throws(Failure) {
    guard manifest.digest == bundle else {
      throw Failure(.corrupt, "the manifest that is kept there is not the one of bundle \(bundle.short)")
    }
    try look(at: manifest)
    let lock = try await BundleLock(in: state.bundles, exclusive: false)
    defer { lock.release() }
    let intake = ContentIntake(blobs)
    var failure: Failure?
    do throws(Failure) { try await take(contentsOf: manifest, intake, read) } catch { failure = error }
    // Contents that arrived are kept, so that the next host is not asked for them again.
    try intake.finish()
    if let failure { throw failure }
    try put(manifest, of: Bundle(digest: bundle, files: manifest.files, bytes: manifest.bytes, source: source))
  }

  /// Throws an error that lists everything for which a build would have refused this bundle.
  private func look(at manifest: Manifest) throws(Failure) {
    let stray = manifest.items.first { $0.path.isEmpty || $0.path.isAbsolutePath || $0.path.pathParts.contains("..") || $0.size < 0 }
    if let stray { throw Failure(.corrupt, "\"\(stray.path)\" is no path in a bundle") }
    let bytes = manifest.items.reduce(0) { $0.plus($1.size) }
    guard manifest.items.count <= limits.items, bytes <= limits.bytes else {
      throw Failure(.invalid, "the bundle has \(manifest.items.count) entries and \(bytes.inBytes): too many")
    }
  }

  private func take(
    contentsOf manifest: Manifest, _ intake: ContentIntake,
    _ read: @escaping @Sendable ([BundlePart]) async throws(Failure) -> [[UInt8]]
  ) async throws(Failure) {
    var known: Set<Digest> = []
    var (batch, size): ([Manifest.Item], Int) = ([], 0)
    for item in manifest.items where item.kind == .file {
      guard let digest = item.digest, known.insert(digest).inserted, !blobs.has(digest, size: item.size) else { continue }
      try Task.checkCancelled()
      if item.size > BlobStore.chunk {
        try await take(large: item, intake, read)
        continue
      }
      if batch.count >= Self.mostParts || size + item.size > Self.mostBytes {
        try await take(small: batch, intake, read)
        (batch, size) = ([], 0)
      }
      batch.append(item)
      size += item.size
    }
    try await take(small: batch, intake, read)
  }

  private func take(
    small items: [Manifest.Item], _ intake: ContentIntake,
    _ read: @escaping @Sendable ([BundlePart]) async throws(Failure) -> [[UInt8]]
  ) async throws(Failure) {
    let filled = items.filter { $0.size > 0 }
    if filled.count < items.count { _ = try intake.take([]) }
    guard !filled.isEmpty else { return }
    let contents = try await read(filled.map { BundlePart(path: $0.path, offset: 0, count: $0.size) })
    guard contents.count == filled.count else { throw Failure(.corrupt, "less came than was asked for") }
    for (item, bytes) in zip(filled, contents) {
      guard Digest(of: bytes) == item.digest else { throw Self.changed(item) }
      _ = try intake.take(bytes)
    }
  }

  private func take(
    large item: Manifest.Item, _ intake: ContentIntake,
    _ read: @escaping @Sendable ([BundlePart]) async throws(Failure) -> [[UInt8]]
  ) async throws(Failure) {
    let writer = intake.writer()
    var at = 0
    while at < item.size {
      try Task.checkCancelled()
      let parts = stride(from: at, to: min(item.size, at + Self.mostBytes), by: BlobStore.chunk).map { start in
        BundlePart(path: item.path, offset: start, count: min(BlobStore.chunk, item.size - start))
      }
      for bytes in try await read(parts) {
        at += bytes.count
        try writer.write(bytes)
      }
      guard at == min(item.size, parts.reduce(parts[0].offset) { $0 + $1.count }) else { throw Self.changed(item) }
    }
    guard try writer.finish() == item.digest else { throw Self.changed(item) }
  }

  private static func changed(_ item: Manifest.Item) -> Failure {
    Failure(.corrupt, "\(item.path) is not as it was delivered", fix: "lander verify names every file that is not")
  }
}

extension Task where Success == Never, Failure == Never {
  /// - Throws: kind `cancelled` if the task was cancelled.
  fileprivate static func checkCancelled() throws(DeployModel.Failure) {
    if isCancelled { throw DeployModel.Failure(.cancelled, "it was cancelled") }
  }
}
