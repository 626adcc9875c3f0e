import DeployModel

/// A host's record of a release, so that the next release can be compared with it.
struct KeptRelease: Codable, Sendable {
  var bundle: Digest
  var shared: [String]
  /// The bundle's manifest, whose digest identifies the bundle.
  var manifest: Manifest
  /// Whether set-id bits were delivered. Nil if an older version wrote the record; such a version always delivered the bundle's set-id
  /// bits.
  var deliversSetID: Bool?
}

extension Manifest {
  /// Returns the manifest of what reaches a host. Bundles from older versions, and bundles packed for an appspec file, can have set-id bits
  /// that must not reach the host.
  func delivered(withSetID: Bool) -> Manifest {
    guard !withSetID, items.contains(where: \.setsID) else { return self }
    var plain = self
    for index in plain.items.indices where plain.items[index].setsID { plain.items[index].mode &= 0o1777 }
    return plain
  }
}

extension Manifest.Item {
  fileprivate var setsID: Bool { kind != .link && mode & 0o6000 != 0 }
  /// Whether it is a folder in which its owner may not make files.
  fileprivate var isLockedFolder: Bool { kind == .directory && mode & 0o300 != 0o300 }
}

/// How one host gets a release. It says which files the host copies from an older release, which files are sent, and with which lists the
/// host checks the result.
struct StagingList {
  let items: [Manifest.Item]
  let release: Release
  /// The paths whose set-id bits in the bundle must not reach the host.
  private let cleared: Set<ExactText>
  /// The files that a release on the host already has, with the same content.
  private(set) var keep: [Manifest.Item] = []
  /// Files whose content has to be sent.
  private(set) var send: [Manifest.Item] = []
  /// Files of `send` of which the older release has another content, if both are large.
  private(set) var changed: [ChangedFile] = []
  /// Files that the host makes from the files of an older release. They are in neither `keep` nor `send`.
  private(set) var patches: [FilePatch] = []
  /// Whether the older release or this one has a folder in which its owner may not make files.
  private let hasLockedFolders: Bool

  /// - Parameters:
  ///   - base: the record of an older release on the host, or nil if nothing can be copied from one.
  ///   - withSetID: whether the set-id bits of the manifest are delivered to the host.
  /// - Throws: `invalid` if a shared path could lead out of the release.
  init(_ manifest: Manifest, of release: Release, base: KeptRelease?, reuse: Placement.Reuse, withSetID: Bool) throws(Failure) {
    try StagingList.look(at: release.shared)
    self.release = release
    cleared = withSetID ? [] : Set(manifest.items.lazy.filter(\.setsID).map { ExactText($0.path) })
    items = manifest.delivered(withSetID: withSetID).items.filter { !StagingList.isShared($0.path, release.shared) }
    hasLockedFolders = (items + (base?.manifest.items ?? [])).contains(where: \.isLockedFolder)
    var known: [ExactText: Manifest.Item] = [:]
    if let base {
      for item in base.manifest.items where item.kind == .file && !StagingList.isShared(item.path, base.shared) {
        known[ExactText(item.path)] = item
      }
    }
    for item in items where item.kind == .file {
      // If the owner of a file is not allowed to read it, the file cannot be copied from a release, so it is sent again.
      let old = known[ExactText(item.path)]
      if let old, old.digest == item.digest, old.mode & 0o400 != 0, reuse == .copy || old.mode == item.mode {
        keep.append(item)
      } else {
        send.append(item)
        if let old, old.digest != item.digest { changed += ChangedFile(item, old: old).map { [$0] } ?? [] }
      }
    }
  }

  /// Returns the list in which these files are not sent, but made on the host.
  func with(_ patches: [FilePatch]) -> StagingList {
    let paths = Set(patches.map { ExactText($0.file.item.path) })
    var list = self
    list.send.removeAll { paths.contains(ExactText($0.path)) }
    list.patches = patches
    return list
  }

  /// Checks the shared paths again. Recipes with bad paths are refused earlier, but a journal from an older engine might contain such
  /// paths. Hosts remove, make and link files by these names.
  static func look(at shared: [String]) throws(Failure) {
    let paths = SharedPaths(shared)
    if let (entry, problem) = paths.problems.first {
      throw Failure(.invalid, "shared path \"\(entry)\": \(problem.message)", fix: problem.fix)
    }
    for (path, written) in zip(paths.list, shared) where !path.text.utf8.elementsEqual(written.utf8) {
      throw Failure(
        .invalid, "shared path \"\(written)\" is not written plainly", fix: "deploy again: the recipe's is read as \"\(path.text)\"")
    }
  }

  /// If there are at least this number of bytes, a faster program for digests saves more time than it takes to start three more programs.
  private static let much = 8 << 20

  /// The number of bytes of the files and the data to send.
  var sending: Int { send.reduce(0) { $0.plus($1.size) }.plus(patched) }
  /// The number of bytes of the data for `patches`.
  var patched: Int { patches.reduce(0) { $0 + $1.dataCount } }
  /// The number of bytes of all files.
  var whole: Int { items.reduce(0) { $0.plus($1.size) } }

  private static func isShared(_ path: String, _ shared: [String]) -> Bool {
    shared.contains { entry in
      path.isPath(atOrBelow: entry.withoutLastSlash)
    }
  }

  /// Returns the files of the lists, by name. If `fresh` is true, the whole bundle is unpacked, and nothing is copied from an older
  /// release.
  func files(fresh: Bool, manifest: [UInt8]) -> [(name: String, bytes: [UInt8])] {
    let keep = fresh ? [] : self.keep
    let files = items.filter { $0.kind == .file }
    let made = fresh ? [] : patches.map(\.file.item)
    // A file that the host makes is readable until it gets its own mode.
    let unread = files.filter { file in file.mode & 0o400 == 0 && !made.contains { $0.path.isExactly(file.path) } }
    let times = (fresh ? "" : patchLines) + StagingList.calls("l_aged", fresh ? files : send + made)
    var lists: [(String, [UInt8])] = [
      ("own/entries/\(release.id)", StagingList.zeroed(items.map { "./" + $0.path })), ("own/manifests/\(release.id)", manifest),
      ("keep", StagingList.zeroed(keep.map { "./" + $0.path })),
      ("times", Array(times.utf8)), ("unread", StagingList.zeroed(unread.map { "./" + $0.path })),
      ("keep.modes", Array(keep.map { String($0.mode, radix: 8) + "\n" }.joined().utf8)),
      ("count", Array("\(count)\n".utf8)), ("locked", hasLockedFolders ? [10] : []), ("finish", Array(finish(files).utf8)),
      ("shared", Array(shared.utf8)),
    ]
    let plain = files.filter { StagingList.isPlain($0.path) }
    lists.append(("sums", StagingList.sums(plain)))
    // The names in `sums`, for hosts that have a faster program than `sha256sum`.
    if whole >= StagingList.much { lists.append(("much", StagingList.zeroed(plain.map { "./" + $0.path }))) }
    // A bundle is unpacked with its modes. These lines set the mode of an entry that gets a different mode on the host, or whose mode had
    // to be changed so that it could be read.
    let modes = StagingList.modes(fresh ? files.filter { isCleared($0) || $0.mode & 0o400 == 0 } : files) + folderModes(fresh: fresh)
    lists.append(("modes", Array(modes.utf8)))
    return lists + (fresh ? [] : patchData)
  }

  /// Returns the lists for a release that is already on the host, and of which only these files are sent again.
  func files(sending files: [Manifest.Item], manifest: [UInt8]) -> [(name: String, bytes: [UInt8])] {
    let odd = files.filter { !StagingList.isPlain($0.path) }
    let finish = odd.map { "l_one \(Quoting.word($0.path)) \($0.digest?.hex ?? "")\n" }.joined()
    return [
      ("own/entries/\(release.id)", StagingList.zeroed(items.map { "./" + $0.path })), ("own/manifests/\(release.id)", manifest),
      ("new", StagingList.zeroed(files.map { "./" + $0.path })), ("finish", Array(finish.utf8)),
      ("sums", StagingList.sums(files.filter { StagingList.isPlain($0.path) })),
    ] + StagingList.modes(files, named: "mode")
  }

  private func isCleared(_ item: Manifest.Item) -> Bool { cleared.contains(ExactText(item.path)) }

  /// Returns lines that set the modes of folders, the deepest folders first. So a folder that becomes read-only gets its mode only after
  /// its contents are complete.
  private func folderModes(fresh: Bool) -> String {
    let folders = items.filter { $0.kind == .directory }.reversed()
    return StagingList.modes(folders.filter(isCleared), exactly: true)
      + StagingList.modes(folders.filter { !isCleared($0) && (!fresh || $0.isLockedFolder) })
  }
  /// Returns lines that set the modes of entries, mode by mode.
  /// - Parameter exactly: whether to use five digits. With fewer, `chmod` leaves a folder's set-id bits unchanged.
  private static func modes(_ items: [Manifest.Item], exactly: Bool = false) -> String {
    apart(items, exactly).map { calls("l_moded \($0.mode)", $0.items) }.joined()
  }
  /// Returns lists of names for `xargs`, one for each mode: the files of the list get that mode.
  static func modes(_ items: [Manifest.Item], named name: String, exactly: Bool = false) -> [(name: String, bytes: [UInt8])] {
    apart(items, exactly).map { ("\(name).\($0.mode)", zeroed($0.items.map { "./" + $0.path })) }
  }
  private static func apart(_ items: [Manifest.Item], _ exactly: Bool) -> [(mode: String, items: [Manifest.Item])] {
    Set(items.map(\.mode)).sorted().map { mode in
      let digits = String(mode, radix: 8)
      let zeros = exactly ? String(repeating: "0", count: max(0, 5 - digits.utf8.count)) : ""
      return (zeros + digits, items.filter { $0.mode == mode })
    }
  }
  /// Returns lines that call a function with the names of entries. There are as few lines as hosts' limits on arguments allow. The lines do
  /// not use `xargs`.
  private static func calls(_ function: String, _ items: [Manifest.Item]) -> String {
    var lines = ""
    var length = 0
    for item in items {
      let word = " ./" + Quoting.word(item.path)
      if length == 0 || length + word.utf8.count > 65_536 {
        lines += (lines.isEmpty ? "" : "\n") + function
        length = 0
      }
      lines += word
      length += word.utf8.count
    }
    return lines.isEmpty ? "" : lines + "\n"
  }
  /// Returns checksums in the format of `sha256sum -c`.
  static func sums(_ files: [Manifest.Item]) -> [UInt8] { Array(files.map { "\($0.digest?.hex ?? "")  ./\($0.path)\n" }.joined().utf8) }

  /// The number of lines that `find` prints for the release without its shared links. There is one for each entry and each folder above an
  /// entry, and one more for each line break in a path.
  var count: Int {
    var paths: Set<ExactText> = []
    for item in items {
      var path = item.path[...]
      while paths.insert(ExactText(String(path))).inserted, let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) { path = path[..<slash] }
    }
    return paths.reduce(0) { sum, path in sum + 1 + path.text.utf8.count { $0 == 10 } }
  }

  private func finish(_ files: [Manifest.Item]) -> String {
    var lines: [String] = release.shared.map { "l_gone \(Quoting.word(StagingList.name($0)))" }
    for item in items {
      switch item.kind {
      case .directory: lines.append("l_dir \(Quoting.word(item.path))")
      // If a bundle was unpacked, its links already exist. If a release was made from another release, they do not.
      case .link: lines.append("rm -f ./\(Quoting.word(item.path))\nl_sym \(Quoting.word(item.path)) \(Quoting.word(item.target ?? ""))")
      case .file: break
      }
    }
    for item in files where !StagingList.isPlain(item.path) { lines.append("l_one \(Quoting.word(item.path)) \(item.digest?.hex ?? "")") }
    return lines.map { $0 + "\n" }.joined()
  }

  private var shared: String {
    zip(release.shared, sharedLinks).map { entry, link in
      "l_shared \(Quoting.word(link.path)) \(Quoting.word(link.target)) \(entry.endsInSlash ? 1 : 0)\n"
    }.joined()
  }

  /// The links for the shared paths, in the order of the shared paths.
  var sharedLinks: [(path: String, target: String)] {
    release.shared.map { entry in
      let name = StagingList.name(entry)
      let up = String(repeating: "../", count: 2 + name.utf8.filter { $0 == UInt8(ascii: "/") }.count)
      return (name, "\(up)shared/\(name)")
    }
  }

  private static func name(_ shared: String) -> String { shared.withoutLastSlash }
  static func zeroed(_ names: [String]) -> [UInt8] { names.flatMap { Array($0.utf8) + [0] } }
  /// Returns whether `sha256sum -c` understands this name in every userland. It does if the name has no control characters, no backslash,
  /// and no space at either end.
  static func isPlain(_ path: String) -> Bool {
    !path.utf8.contains { $0 < 32 || $0 == UInt8(ascii: "\\") || $0 == 127 } && path.utf8.last != 32 && !path.utf8.starts(with: [32])
  }
}
