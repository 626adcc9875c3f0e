import DeployModel

/// What a release on a host should hold, and what of that a look at it found otherwise. Paths are compared as bytes.
struct ReleaseComparison {
  private struct Wanted {
    var path: String
    var kind: Manifest.Item.Kind
    /// nil: whatever it is; of folders that no line of the manifest names, and of links.
    var mode: Int?
  }
  private let list: StagingList
  private var wanted: [[UInt8]: Wanted] = [:]
  /// Paths of `wanted`, folders before what they hold.
  private var order: [[UInt8]] = []
  /// What the host cannot compare by a list of sums, by number.
  private var odd: [String] = []
  private var oddLines: [String] = []

  /// - Parameter withSetID: whether set-id bits of the manifest reach the host.
  /// - Throws: `invalid` if a shared path could lead out of the release.
  init(_ manifest: Manifest, of release: Release, withSetID: Bool) throws(Failure) {
    list = try StagingList(manifest, of: release, base: nil, reuse: .copy, withSetID: withSetID)
    for item in list.items {
      want(Wanted(path: item.path, kind: item.kind, mode: item.kind == .link ? nil : item.mode))
      switch item.kind {
      case .file where !StagingList.isPlain(item.path) && item.isReadable: ask("l_is_file", item.path, item.digest?.hex ?? "")
      case .link: ask("l_is_link", item.path, item.target ?? "")
      default: break
      }
    }
    for link in list.sharedLinks {
      want(Wanted(path: link.path, kind: .link))
      ask("l_is_link", link.path, link.target)
    }
    order = wanted.keys.sorted { $0.lexicographicallyPrecedes($1) }
  }

  /// How many entries there should be.
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
    oddLines.append("\(function) \(odd.count) \(Quoting.word(path)) \(Quoting.word(value))\n")
    odd.append(path)
  }

  /// What the host needs for its part of the comparison.
  var lists: [(name: String, bytes: [UInt8])] {
    let plain = list.items.filter { $0.kind == .file && StagingList.isPlain($0.path) && $0.isReadable }
    return [("sums", StagingList.sums(plain)), ("odd", Array(oddLines.joined().utf8)), ("rest", [])]
  }

  /// What the host answered.
  struct Answer {
    var names: [[UInt8]] = []
    /// As the kernel has them, with the kind.
    var modes: [Int] = []
    var rest: [[UInt8]] = []
    /// Whether the host has the release's manifest and the list of its entries.
    var isListed = false

    init(_ bytes: [UInt8]) throws(Failure) {
      let end = bytes.firstIndex(of: 10) ?? bytes.endIndex
      let sizes = String(decoding: bytes[..<end], as: UTF8.self).split(separator: " ").map { Int($0) ?? -1 }
      guard sizes.count == 4, sizes.allSatisfy({ $0 >= 0 && $0 <= bytes.count }),
        bytes.count - end - 1 == sizes[0] + sizes[1] + sizes[2]
      else {
        throw Failure(.transport, "a comparison with \(bytes.count) bytes of answer cannot be read", fix: "try again")
      }
      let found = bytes[(end + 1)...]
      names = found.prefix(sizes[0]).split(separator: 0).map { Array($0.dropFirst(2)) }
      let lines = found.dropFirst(sizes[0]).prefix(sizes[1]).split(separator: 10)
      modes = lines.map { Int(String(decoding: $0, as: UTF8.self), radix: 16) ?? 0 }
      rest = found.dropFirst(sizes[0] + sizes[1]).split(separator: 10).map { Array($0) }
      isListed = sizes[3] == 1
      guard names.count == modes.count else {
        throw Failure(.corrupt, "the release changed while it was compared", fix: "see what writes there, then try again")
      }
    }
  }

  /// Everything that is not as it should be, in the order of the paths' bytes.
  func deviations(_ answer: Answer) -> [Deviation] {
    var found: [[UInt8]: Int] = [:]
    for (name, mode) in zip(answer.names, answer.modes) { found[name] = mode }
    let other = differing(answer.rest)
    var deviations: [Deviation] = []
    for key in order {
      guard let entry = wanted[key] else { continue }
      guard let mode = found[key] else {
        deviations.append(Deviation(entry.path, .missing))
        continue
      }
      if mode & 0o170000 != entry.kind.bits {
        deviations.append(Deviation(entry.path, .kind(wanted: entry.kind.word)))
      } else if other.contains(key) {
        deviations.append(Deviation(entry.path, entry.kind == .link ? .target : .content))
      } else if let wanted = entry.mode, mode & 0o7777 != wanted {
        deviations.append(Deviation(entry.path, .mode(mode & 0o7777, wanted: wanted)))
      }
    }
    let extra = answer.names.filter { wanted[$0] == nil }.sorted { $0.lexicographicallyPrecedes($1) }
    return deviations + extra.map { Deviation(String(decoding: $0, as: UTF8.self), .extra) }
  }

  /// Paths of which the host says that the content is another: `./PATH: FAILED …`, or `odd NUMBER`.
  private func differing(_ lines: [[UInt8]]) -> Set<[UInt8]> {
    var paths: Set<[UInt8]> = []
    let mark = Array(": FAILED".utf8)
    for line in lines {
      if line.starts(with: Array("./".utf8)) {
        let starts = line.indices.reversed().first { line[$0...].starts(with: mark) }
        paths.insert(Array(line[2..<(starts ?? line.endIndex)]))
      } else if line.starts(with: Array("odd ".utf8)), let number = Int(String(decoding: line.dropFirst(4), as: UTF8.self)),
        odd.indices.contains(number)
      {
        paths.insert(Array(odd[number].utf8))
      }
    }
    return paths
  }

  // MARK: making it whole

  /// What has to come with the lists, and what the host is told to do with it.
  struct Repair {
    /// Files whose content has to be sent.
    var send: [Manifest.Item] = []
    var files: [(name: String, bytes: [UInt8])] = []
  }

  /// - Parameter manifest: the text that the host keeps of the release.
  func repair(_ deviations: [Deviation], manifest: [UInt8]) -> Repair {
    var items: [[UInt8]: Manifest.Item] = [:]
    for item in list.items { items[Array(item.path.utf8)] = item }
    var links: [[UInt8]: String] = [:]
    for link in list.sharedLinks { links[Array(link.path.utf8)] = link.target }
    var repair = Repair()
    var lines: [String] = []
    var fix: [Manifest.Item] = []
    // Folders that are closed again afterwards: others may belong to somebody else by now, and are right.
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
  /// As the kernel has it in a mode.
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
  /// Whether its owner may read it; of others only kind and mode can be compared.
  fileprivate var isReadable: Bool { mode & 0o400 != 0 }
}
