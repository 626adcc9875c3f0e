import DeployModel

/// Reads a zip file: its names go into the tree, and its contents into the store. Only the central directory counts. Entries that share
/// bytes of the file are refused, because archive bombs are made that way.
struct ZipReader {
  let file: OpenFile
  let intake: ContentIntake
  let rules: IgnoreRules

  /// Reads the whole archive. Problems of individual entries go to the tree.
  /// - Throws: `corrupt` if the rest of the archive cannot be read.
  func read(into tree: inout Tree) throws(Failure) {
    let directory = try ZipDirectory(file, limits: tree.limits)
    var end = 0
    for entry in directory.entries.sorted(by: { $0.offset < $1.offset }) {
      guard entry.offset >= end, entry.offset + 30 + entry.packed <= directory.start else {
        throw Failure(.corrupt, "the zip archive is damaged or made to deceive: the entry \(Tree.shown(entry.name)) lies over another one")
      }
      end = entry.offset + 30 + entry.packed
      try compareNames(entry)
    }
    warnOfBackslashes(directory.entries, in: &tree)
    for entry in directory.entries where !(try take(entry, into: &tree)) { return }
  }

  /// Throws if the name in front of an entry's content differs from the name in the list. If the names were allowed to differ, programs
  /// that read the first name would unpack other files than programs that read the second.
  private func compareNames(_ entry: ZipDirectory.Entry) throws(Failure) {
    let header = LittleEndian(try file.read(at: entry.offset, count: 30 + entry.written.count))
    guard header.bytes.count == 30 + entry.written.count, header.word(0) == 0x0403_4B50 else { throw misplaced(entry) }
    let name = header.half(26) == entry.written.count ? Array(header.bytes[30...]) : nil
    guard name != entry.written else { return }
    throw Failure(
      .corrupt,
      "the zip archive is damaged or made to deceive: its list has \(Tree.shown(entry.written)), and the content there has another name",
      fix: "make the archive again with `zip`")
  }

  private func misplaced(_ entry: ZipDirectory.Entry) -> Failure {
    Failure(.corrupt, "the zip archive is damaged: \(Tree.shown(entry.name)) is not where the directory says")
  }

  private func warnOfBackslashes(_ entries: [ZipDirectory.Entry], in tree: inout Tree) {
    let fix = "make the archive with a program that writes slashes"
    if let first = entries.first(where: { $0.name != $0.written }) {
      tree.warn(
        Problem("the zip archive has backslashes between folders; they are read as slashes", subject: Tree.shown(first.written), fix: fix))
    }
    let systems: [UInt8] = [3, 19]
    if let first = entries.first(where: { !systems.contains($0.system) && $0.name.contains(UInt8(ascii: "\\")) }) {
      tree.warn(Problem("a backslash stays a letter of this name", subject: Tree.shown(first.written), fix: fix))
    }
  }

  /// Reads one entry.
  /// - Returns: false if it is useless to continue.
  private func take(_ entry: ZipDirectory.Entry, into tree: inout Tree) throws(Failure) -> Bool {
    guard let path = tree.path(entry.name) else { return true }
    let isFolder = entry.name.last == UInt8(ascii: "/") || entry.kind == 0o040000
    if rules.leavesOut(wholePath: path.utf8.split(separator: UInt8(ascii: "/")).map(Array.init), isFolder: isFolder) {
      tree.leftOut = true
      return true
    }
    if isFolder { return tree.add(Manifest.Item(path: path, kind: .directory, mode: entry.mode ?? 0o755)) }
    switch entry.kind {
    case 0o100000, 0: break
    case 0o120000: return try link(entry, path, into: &tree)
    default:
      tree.refuse(path, "is neither file, folder nor link, and a bundle cannot carry it")
      return true
    }
    guard tree.hasRoom(for: path, size: entry.size) else { return false }
    let writer = intake.writer()
    var start: [UInt8] = []
    guard
      try content(
        entry, path, into: &tree,
        { piece throws(Failure) in
          if start.count < 512 { start += piece.prefix(512) }
          try writer.write(piece)
        })
    else { return true }
    tree.look(at: path, start[...])
    return tree.add(Manifest.Item(path: path, kind: .file, mode: entry.mode ?? 0o644, size: entry.size, digest: try writer.finish()))
  }

  private func link(_ entry: ZipDirectory.Entry, _ path: String, into tree: inout Tree) throws(Failure) -> Bool {
    guard entry.size <= 4095 else {
      tree.refuse(path, "is a link with a target of \(entry.size) bytes")
      return true
    }
    var target: [UInt8] = []
    guard try content(entry, path, into: &tree, { piece throws(Failure) in target += piece }) else { return true }
    guard let text = String(validating: target, as: UTF8.self) else {
      tree.refuse(path, "is a link to a name that is not UTF-8")
      return true
    }
    return tree.add(Manifest.Item(path: path, kind: .link, mode: 0o777, target: text))
  }

  /// Unpacks one entry, and checks its size and its checksum.
  /// - Returns: false if the entry is refused.
  private func content(
    _ entry: ZipDirectory.Entry, _ path: String, into tree: inout Tree, _ sink: ([UInt8]) throws(Failure) -> Void
  ) throws(Failure) -> Bool {
    guard entry.flags & 1 == 0 else {
      tree.refuse(path, "is encrypted", fix: "make the archive without a password")
      return false
    }
    guard entry.method == 0 || entry.method == 8 else {
      tree.refuse(path, "is packed with method \(entry.method), which is not read here", fix: "make the archive with `zip`, or as tar.gz")
      return false
    }
    let source = try bytes(of: entry)
    let pieces =
      entry.method == 0 ? source : try inflating(source, limits: tree.limits)
    var size = 0
    var checksum: UInt = 0
    while let piece = try pieces.some(BlobStore.chunk) {
      size += piece.count
      guard size <= entry.size else { break }
      checksum = crc32(piece, after: checksum)
      try sink(piece)
    }
    guard size == entry.size, checksum == entry.checksum else {
      tree.refuse(path, "is damaged: its content is not what the archive says of it", fix: "download or make the archive again")
      return false
    }
    return true
  }

  private func inflating(_ source: ByteStream, limits: BundleLimits) throws(Failure) -> ByteStream {
    let inflate = try Inflate(.raw, limits: limits) { () throws(Failure) -> [UInt8]? in try source.some(BlobStore.chunk) }
    return ByteStream { () throws(Failure) -> [UInt8]? in try inflate.next() }
  }

  private func bytes(of entry: ZipDirectory.Entry) throws(Failure) -> ByteStream {
    let header = LittleEndian(try file.read(at: entry.offset, count: 30))
    guard header.bytes.count == 30, header.word(0) == 0x0403_4B50 else { throw misplaced(entry) }
    var at = entry.offset + 30 + header.half(26) + header.half(28)
    let end = at + entry.packed
    let file = file
    return ByteStream { () throws(Failure) -> [UInt8]? in
      let piece = try file.read(at: at, count: min(BlobStore.chunk, end - at))
      at += piece.count
      return piece.isEmpty ? nil : piece
    }
  }
}
