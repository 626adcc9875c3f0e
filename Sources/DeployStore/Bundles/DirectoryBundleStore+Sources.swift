import DeployModel
import Glibc

/// Archives and git.
extension DirectoryBundleStore {
  private enum Format {
    case gzip, zip, tar
    case unknown(String)
  }

  /// Packs an archive that is told by its content.
  func packArchive(_ file: OpenFile, named name: String, _ rules: IgnoreRules, into tree: inout Tree) throws {
    var rules = rules
    rules.takesOutOwnFile = false
    do throws(Failure) {
      switch try Self.format(of: file) {
      case .zip:
        try ZipReader(file: file, blobs: blobs, rules: rules).read(into: &tree)
      case .tar:
        try TarReader(stream: ByteStream(file), blobs: blobs, rules: rules).read(into: &tree)
      case .gzip:
        let inflate = try Inflate(.gzip, limits: limits) { () throws(Failure) -> [UInt8]? in try file.read(upTo: BlobStore.chunk) }
        let stream = ByteStream { () throws(Failure) -> [UInt8]? in try inflate.next() }
        try TarReader(stream: stream, blobs: blobs, rules: rules).read(into: &tree)
      case .unknown(let words):
        throw Failure(.invalid, words, fix: "give a folder, or make the archive with: tar -C FOLDER -czf app.tar.gz .")
      }
      try leaveOutByOwnFile(&tree)
    } catch {
      let isUnreadable = error.message.hasPrefix("cannot read \(file.path):")
      guard isUnreadable || error.kind != .noSpace && error.kind != .store else { throw error }
      tree.refuse(name, error.message, fix: error.fix)
    }
  }

  private static func format(of file: OpenFile) throws(Failure) -> Format {
    let start = try file.read(at: 0, count: TarHeader.block)
    func begins(_ bytes: [UInt8]) -> Bool { start.starts(with: bytes) }
    if start.isEmpty { return .unknown("the file is empty") }
    if begins([0x1F, 0x8B]) { return .gzip }
    if begins([0x50, 0x4B, 3, 4]) || begins([0x50, 0x4B, 5, 6]) { return .zip }
    if TarHeader(start) != nil { return .tar }
    if begins(Array("BZh".utf8)) { return .unknown("archives packed with bzip2 are not read here") }
    if begins([0xFD, 0x37, 0x7A, 0x58, 0x5A]) { return .unknown("archives packed with xz are not read here") }
    if begins([0x28, 0xB5, 0x2F, 0xFD]) { return .unknown("archives packed with zstd are not read here") }
    if start.count == TarHeader.block, start.allSatisfy({ $0 == 0 }) { return .tar }
    return .unknown("the file is neither tar, tar.gz nor zip")
  }

  /// An archive may bring a `.landerignore` of its own; it is known only when all was read.
  private func leaveOutByOwnFile(_ tree: inout Tree) throws(Failure) {
    guard let digest = tree.ignoreFile else { return }
    var rules = IgnoreRules([])
    rules.add(file: String(decoding: try blobs.content(of: digest), as: UTF8.self))
    tree.leaveOut(rules)
  }

  /// Packs a commit of a local repository as `git archive` gives it: tracked files only, `export-ignore` heeded.
  /// - Returns: the ref and the commit, in words.
  func packGit(_ ref: String, of repository: String, _ rules: IgnoreRules, _ run: Program.Runner, into tree: inout Tree) async throws
    -> String
  {
    guard !ref.isEmpty, !ref.hasPrefix("-") else { throw Problems(Problem("\"\(ref)\" is no git ref", subject: "git:\(ref)")) }
    let found = try await run(Program(["git", "-C", repository, "rev-parse", "--verify", "--quiet", "\(ref)^{commit}"], in: repository))
    let commit = String(found.stdout.prefix { $0.isHexDigit })
    guard found.status == 0, commit.count >= 40 else { throw Problems(try await unknownRef(ref, repository, run, found.stderr)) }
    let scratch = blobs.scratchName()
    defer { unlink(scratch) }
    // Without the setting the modes would depend on the configuration of whoever builds.
    let argv = ["git", "-C", repository, "-c", "tar.umask=0022", "archive", "--format=tar", "--output", scratch, commit]
    let ended = try await run(Program(argv, in: repository))
    guard ended.status == 0, let file = try? OpenFile(scratch, O_RDONLY) else {
      throw Failure(.failed, "git archive of \(ref) ended with status \(ended.status): \(ended.stderr)")
    }
    let source = "git \(ref) (\(commit.prefix(7)))"
    try packArchive(file, named: source, rules, into: &tree)
    return source
  }

  private func unknownRef(_ ref: String, _ repository: String, _ run: Program.Runner, _ said: String) async throws(Failure) -> Problem {
    let list = try await run(Program(["git", "-C", repository, "for-each-ref", "--format=%(refname:short)"], in: repository))
    guard list.status == 0 else {
      let why = list.stderr.split(whereSeparator: \.isNewline).first ?? ""
      return Problem(
        "git cannot read the repository: \(why)", subject: repository,
        fix: "name the folder of a local clone: git -C '\(repository)' status")
    }
    let near = NearMatch.find(ref, in: list.stdout.split(whereSeparator: \.isNewline).map(String.init))
    return Problem(
      "git knows no commit \"\(ref)\"", subject: "git:\(ref)",
      fix: near.map { "did you mean \"\($0)\"?" } ?? "fetch it first: git -C '\(repository)' fetch --tags")
  }
}
