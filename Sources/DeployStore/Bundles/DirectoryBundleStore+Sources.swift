import DeployGround
import DeployModel
import Glibc

/// Packs archives.
extension DirectoryBundleStore {
  private enum Format {
    case gzip, zip, tar
    case unknown(String)
  }

  /// Packs an archive. The archive's format is recognised by its content.
  func packArchive(_ file: OpenFile, named name: String, _ rules: IgnoreRules, _ intake: ContentIntake, into tree: inout Tree) throws {
    var rules = rules
    rules.takesOutOwnFile = false
    do throws(Failure) {
      switch try Self.format(of: file) {
      case .zip:
        try ZipReader(file: file, intake: intake, rules: rules).read(into: &tree)
      case .tar:
        try TarReader(stream: ByteStream(file), intake: intake, rules: rules).read(into: &tree)
      case .gzip:
        let inflate = try Inflate(.gzip, limits: limits) { () throws(Failure) -> [UInt8]? in try file.read(upTo: BlobStore.chunk) }
        let stream = ByteStream { () throws(Failure) -> [UInt8]? in try inflate.next() }
        try TarReader(stream: stream, intake: intake, rules: rules).read(into: &tree)
      case .unknown(let words):
        throw Failure(.invalid, words, fix: "give a folder, or make the archive with: tar -C FOLDER -czf app.tar.gz .")
      }
      try leaveOutByOwnFile(&tree, intake)
    } catch {
      let isUnreadable = error.message.hasPrefix("cannot read \(file.path):")
      guard isUnreadable || error.kind != .noSpace && error.kind != .store else { throw error }
      tree.refuse(name, error.message, fix: error.fix)
    }
  }

  private static func format(of file: OpenFile) throws(Failure) -> Format {
    let start = try file.read(at: 0, count: TarBlocks.size)
    func begins(_ bytes: [UInt8]) -> Bool { start.starts(with: bytes) }
    if start.isEmpty { return .unknown("the file is empty") }
    if begins([0x1F, 0x8B]) { return .gzip }
    if begins([0x50, 0x4B, 3, 4]) || begins([0x50, 0x4B, 5, 6]) { return .zip }
    if TarHeader(start) != nil { return .tar }
    if begins(Array("BZh".utf8)) { return .unknown("archives packed with bzip2 are not read here") }
    if begins([0xFD, 0x37, 0x7A, 0x58, 0x5A]) { return .unknown("archives packed with xz are not read here") }
    if begins([0x28, 0xB5, 0x2F, 0xFD]) { return .unknown("archives packed with zstd are not read here") }
    if start.count == TarBlocks.size, start.allSatisfy({ $0 == 0 }) { return .tar }
    return .unknown("the file is neither tar, tar.gz nor zip")
  }

  /// Applies the archive's own `.landerignore`, whose contents are known only after the whole archive has been read.
  private func leaveOutByOwnFile(_ tree: inout Tree, _ intake: ContentIntake) throws(Failure) {
    guard let digest = tree.ignoreFile else { return }
    var rules = IgnoreRules([])
    rules.add(file: String(decoding: try intake.content(of: digest), as: UTF8.self))
    tree.leaveOut(rules)
  }
}
