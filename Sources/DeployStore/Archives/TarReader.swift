import DeployGround
import DeployModel

/// Reads a tar file: its names go into the tree, and its contents into the store. Every name is checked before it is used. Nothing is ever
/// written to a path from the archive.
struct TarReader {
  let stream: ByteStream
  let intake: ContentIntake
  let rules: IgnoreRules

  /// The limit of a file's size in bytes. No file system holds a larger file.
  private static let largest = 1 << 60

  /// What the headers in front of an entry say about that entry.
  private struct Extension {
    var name: [UInt8]?
    var link: [UInt8]?
    var size: Int?
    var isSparse = false
  }

  /// Reads the whole archive. Problems of individual entries go to the tree.
  /// - Throws: `corrupt` if the rest of the archive cannot be read.
  func read(into tree: inout Tree) throws(Failure) {
    var before = Extension()
    while true {
      let at = stream.position
      let block = try stream.take(TarBlocks.size)
      // Archives should end with zeros, but some programs leave them out.
      if block.isEmpty || block.allSatisfy({ $0 == 0 }) { return }
      guard var header = TarHeader(block) else { throw Failure(.corrupt, "the tar archive is damaged at byte \(at): no header is there") }
      switch header.type {
      case UInt8(ascii: "x"): try pax(header, into: &before)
      case UInt8(ascii: "g"): _ = try text(header)
      case UInt8(ascii: "L"): before.name = try Array(text(header).prefix { $0 != 0 })
      case UInt8(ascii: "K"): before.link = try Array(text(header).prefix { $0 != 0 })
      default:
        header.name = before.name ?? header.name
        header.link = before.link ?? header.link
        header.size = before.size ?? header.size
        if before.isSparse { header.type = UInt8(ascii: "S") }
        guard try entry(header, into: &tree) else { return }
        before = Extension()
      }
    }
  }

  private func text(_ header: TarHeader) throws(Failure) -> [UInt8] {
    guard header.size <= 1 << 20 else { throw Failure(.corrupt, "the tar archive is damaged: a header of \(header.size) bytes") }
    let bytes = try stream.take(header.size)
    guard bytes.count == header.size, try skipPadding(header.size) else { throw Self.cutOff }
    return bytes
  }

  private func pax(_ header: TarHeader, into before: inout Extension) throws(Failure) {
    guard let records = TarHeader.records(try text(header)) else {
      throw Failure(.corrupt, "the tar archive is damaged: a pax header is none")
    }
    for record in records {
      switch record.name {
      case "path": before.name = record.value
      case "linkpath": before.link = record.value
      case "size":
        guard let size = Int(String(decoding: record.value, as: UTF8.self)), (0..<Self.largest).contains(size) else {
          throw Failure(.corrupt, "the tar archive is damaged: a size of \(String(decoding: record.value.prefix(40), as: UTF8.self)) bytes")
        }
        before.size = size
      default: if record.name.hasPrefix("GNU.sparse.") { before.isSparse = true }
      }
    }
  }

  /// Reads one entry.
  /// - Returns: false if it is useless to continue.
  private func entry(_ header: TarHeader, into tree: inout Tree) throws(Failure) -> Bool {
    let isFolder = header.type == UInt8(ascii: "5") || (header.type == 0 && header.name.last == UInt8(ascii: "/"))
    let hasContent =
      header.type == UInt8(ascii: "0") || header.type == 0 || header.type == UInt8(ascii: "7") || header.type == UInt8(ascii: "S")
    let content = hasContent && !isFolder ? header.size : 0
    let path = tree.path(header.name)
    if let path, rules.leavesOut(wholePath: path.utf8.split(separator: UInt8(ascii: "/")).map(Array.init), isFolder: isFolder) {
      tree.leftOut = true
      return try skip(content)
    }
    guard let path else { return try skip(content) }
    if isFolder { return tree.add(Manifest.Item(path: path, kind: .directory, mode: header.mode)) }
    switch header.type {
    case UInt8(ascii: "0"), UInt8(ascii: "7"), 0: return try file(header, path, into: &tree)
    case UInt8(ascii: "1"): return hardLink(header, path, into: &tree)
    case UInt8(ascii: "2"):
      guard let target = String(validating: header.link, as: UTF8.self) else {
        tree.refuse(path, "is a link to a name that is not UTF-8")
        return true
      }
      return tree.add(Manifest.Item(path: path, kind: .link, mode: 0o777, target: target))
    case UInt8(ascii: "3"), UInt8(ascii: "4"): tree.refuse(path, "is a device node, which a bundle cannot carry")
    case UInt8(ascii: "6"): tree.refuse(path, "is a named pipe, which a bundle cannot carry")
    case UInt8(ascii: "S"): tree.refuse(path, "is a sparse file, which is not read here", fix: "make the archive without --sparse")
    default:
      tree.refuse(path, "is an entry of the unknown type \(Tree.shown([header.type]))", fix: "make the archive with tar --format=pax")
    }
    return try skip(content)
  }

  private func file(_ header: TarHeader, _ path: String, into tree: inout Tree) throws(Failure) -> Bool {
    guard tree.hasRoom(for: path, size: header.size) else { return false }
    let writer = intake.writer()
    var start: [UInt8] = []
    let isWhole = try stream.pass(header.size) { piece throws(Failure) in
      if start.count < 512 { start += piece.prefix(512) }
      try writer.write(piece)
    }
    guard isWhole, try skipPadding(header.size) else { throw Self.cutOff }
    tree.look(at: path, start[...])
    return tree.add(Manifest.Item(path: path, kind: .file, mode: header.mode, size: header.size, digest: try writer.finish()))
  }

  /// Adds a hard link, which is a second name of an earlier file. In the tree, it becomes a separate file.
  /// - Returns: false if it is useless to continue.
  private func hardLink(_ header: TarHeader, _ path: String, into tree: inout Tree) -> Bool {
    guard let target = tree.path(header.link) else { return true }
    // The file under its first name was refused, and that problem is the one to report.
    if tree.isRefused(target) {
      tree.markRefused(path)
      return true
    }
    guard let first = tree.item(at: target), first.kind == .file else {
      tree.refuse(path, "is a hard link to \(target), which is no file that came before it in the archive")
      return true
    }
    guard tree.hasRoom(for: path, size: first.size) else { return false }
    return tree.add(Manifest.Item(path: path, kind: .file, mode: first.mode, size: first.size, digest: first.digest))
  }

  private func skip(_ size: Int) throws(Failure) -> Bool {
    guard try stream.pass(size, to: { _ throws(Failure) in }), try skipPadding(size) else { throw Self.cutOff }
    return true
  }

  private func skipPadding(_ size: Int) throws(Failure) -> Bool {
    try stream.pass(TarBlocks.padding(size)) { _ throws(Failure) in }
  }

  private static let cutOff = Failure(
    .corrupt, "the tar archive is cut off: it ends in the middle of an entry", fix: "download or make it again")
}
