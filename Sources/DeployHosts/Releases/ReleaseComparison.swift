import DeployModel

/// Compares the entries that a release on a host should have with those that were found there. Paths are compared as bytes.
struct ReleaseComparison {
  private struct Wanted {
    var path: String
    var kind: Manifest.Item.Kind
    /// The permission bits, or nil if any bits are correct. Any bits are correct for links, and for folders that are not in the manifest.
    var mode: Int?
    /// The size in bytes, or nil if the entry is not a file.
    var size: Int?
  }
  private let list: StagingList
  private var wanted: [[UInt8]: Wanted] = [:]
  /// The paths of `wanted`. Each folder comes before its contents.
  private var order: [[UInt8]] = []
  /// The files whose names can be in a list of checksums, in the order of the manifest.
  private var plain: [Manifest.Item] = []
  /// The entries that cannot be in a list of checksums, each with the shell line that checks it.
  private var odd: [(path: String, line: String)] = []

  /// - Parameter withSetID: whether the set-id bits of the manifest are delivered to the host.
  /// - Throws: `invalid` if a shared path could lead out of the release.
  init(_ manifest: Manifest, of release: Release, withSetID: Bool) throws(Failure) {
    list = try StagingList(manifest, of: release, base: nil, reuse: .copy, withSetID: withSetID)
    for item in list.items {
      want(Wanted(path: item.path, kind: item.kind, mode: item.kind == .link ? nil : item.mode, size: item.kind == .file ? item.size : nil))
      switch item.kind {
      case .file where !item.isReadable: break
      case .file where StagingList.isPlain(item.path): plain.append(item)
      case .file: ask("l_is_file", item.path, item.digest?.hex ?? "")
      case .link: ask("l_is_link", item.path, item.target ?? "")
      case .directory: break
      }
    }
    for link in list.sharedLinks {
      want(Wanted(path: link.path, kind: .link))
      ask("l_is_link", link.path, link.target)
    }
    order = wanted.keys.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// The number of entries that the release should have.
  var count: Int { wanted.count }

  private mutating func want(_ entry: Wanted) {
    wanted[Array(entry.path.utf8)] = entry
    var path = entry.path[...]
    while let slash = path.lastIndex(of: "/") {
      path = path[..<slash]
      let key = Array(path.utf8)
      if wanted[key] == nil { wanted[key] = Wanted(path: String(path), kind: .directory) }
    }
  }

  private mutating func ask(_ function: String, _ path: String, _ value: String) {
    odd.append((path, "\(function) \(odd.count) \(Quoting.word(path)) \(Quoting.word(value))\n"))
  }

  /// Returns whether an entry has the expected kind and size. Any other entry is never read, because it might be a pipe, or have no end.
  private func isAlike(_ path: String, _ listing: ReleaseListing) -> Bool {
    let key = Array(path.utf8)
    guard let entry = wanted[key], let found = listing.entries[key] else { return false }
    return found.mode & Self.kindBits == entry.kind.bits && (entry.size == nil || entry.size == found.size)
  }

  /// Returns the entries whose contents the host has to compare: files and links that have the expected kind and size.
  func questions(_ listing: ReleaseListing) -> (sums: [Manifest.Item], odd: [String]) {
    (plain.filter { isAlike($0.path, listing) }, odd.filter { isAlike($0.path, listing) }.map(\.line))
  }

  private static let kindBits = 0o170000

  /// Returns all differences, sorted by the bytes of the paths.
  /// - Parameter differing: the host's lines about entries whose contents differ: `./PATH: FAILED …`, or `odd NUMBER`.
  /// - Parameter rights: the owners that the entries should have, or nil if unknown.
  func deviations(_ listing: ReleaseListing, differing: [[UInt8]], rights: ReleaseRights? = nil) -> [Deviation] {
    let other = paths(of: differing)
    var deviations: [Deviation] = []
    for key in order {
      guard let entry = wanted[key] else { continue }
      guard let found = listing.entries[key] else {
        deviations.append(Deviation(entry.path, .missing))
        continue
      }
      if found.mode & Self.kindBits != entry.kind.bits {
        deviations.append(Deviation(entry.path, .kind(wanted: entry.kind.word)))
      } else if other.contains(key) || entry.size.map({ $0 != found.size }) ?? false {
        deviations.append(Deviation(entry.path, entry.kind == .link ? .target : .content))
      } else if let owner = rights?.owners[key], owner != found.owner {
        // The owner comes before the mode, because the repair of a wrong owner makes the entry again and thereby sets its mode too.
        deviations.append(Deviation(entry.path, .owner(found.owner, wanted: owner)))
      } else if let wanted = entry.mode, found.mode & 0o7777 != wanted {
        deviations.append(Deviation(entry.path, .mode(found.mode & 0o7777, wanted: wanted)))
      }
    }
    let extra = listing.entries.keys.filter { wanted[$0] == nil }.sorted { $0.lexicographicallyPrecedes($1) }
    return deviations + extra.map { Deviation(String(decoding: $0, as: UTF8.self), .extra) }
  }

  private func paths(of lines: [[UInt8]]) -> Set<[UInt8]> {
    var paths: Set<[UInt8]> = []
    let mark = Array(": FAILED".utf8)
    for line in lines {
      if line.starts(with: Array("./".utf8)) {
        let starts = line.indices.reversed().first { line[$0...].starts(with: mark) }
        paths.insert(Array(line[2..<(starts ?? line.endIndex)]))
      } else if line.starts(with: Array("odd ".utf8)), let number = Int(String(decoding: line.dropFirst(4), as: UTF8.self)),
        odd.indices.contains(number)
      {
        paths.insert(Array(odd[number].path.utf8))
      }
    }
    return paths
  }

  // MARK: making it whole

  /// What has to be sent to the host for a repair.
  struct Repair {
    /// Files whose content has to be sent.
    var send: [Manifest.Item] = []
    var files: [(name: String, bytes: [UInt8])] = []
  }

  /// - Parameter manifest: the record of the release that the host keeps.
  func repair(_ deviations: [Deviation], manifest: [UInt8]) -> Repair {
    var items: [[UInt8]: Manifest.Item] = [:]
    for item in list.items { items[Array(item.path.utf8)] = item }
    var links: [[UInt8]: String] = [:]
    for link in list.sharedLinks { links[Array(link.path.utf8)] = link.target }
    var repair = Repair()
    var lines: [String] = []
    var fix: [Manifest.Item] = []
    // The folders whose modes have to be set again afterwards. Other folders are correct as they are, and might belong to a different owner
    // by now.
    var touched: Set<[UInt8]> = []
    for deviation in deviations where deviation.kind != .extra {
      let key = Array(deviation.path.utf8)
      let path = Quoting.word(deviation.path)
      touched.formUnion([key, Array(key.prefix(upTo: key.lastIndex(of: UInt8(ascii: "/")) ?? 0))])
      let item = items[key]
      if let target = links[key] ?? (item?.kind == .link ? item?.target : nil) {
        lines.append("l_put_link \(path) \(Quoting.word(target))\n")
      } else if let item, item.kind == .file {
        if case .mode = deviation.kind {
          fix.append(item)
        } else {
          repair.send.append(item)
          lines.append("l_put_file \(path)\n")
        }
      } else {
        lines.append("l_put_dir \(path)\n")
        if case .owner = deviation.kind { lines.append("l_own \(path)\n") }
      }
    }
    repair.files = list.files(sending: repair.send, manifest: manifest) + [("repair", Array(lines.joined().utf8))]
    repair.files += StagingList.modes(fix, named: "fix", exactly: true)
    let folders = list.items.filter { $0.kind == .directory && touched.contains(Array($0.path.utf8)) }
    repair.files += StagingList.modes(folders.reversed(), named: "dir", exactly: true)
    return repair
  }
}

extension Manifest.Item.Kind {
  /// The bits of this kind in the kernel's mode of a file.
  fileprivate var bits: Int {
    switch self {
    case .file: 0o100000
    case .directory: 0o040000
    case .link: 0o120000
    }
  }
  fileprivate var word: String {
    switch self {
    case .file: "file"
    case .directory: "folder"
    case .link: "link"
    }
  }
}

extension Manifest.Item {
  /// Whether the file's owner is allowed to read it. If not, only its kind and mode can be compared.
  fileprivate var isReadable: Bool { mode & 0o400 != 0 }
}
