import DeployModel

/// The entries of a bundle that is being packed, by path, and everything that is wrong with the entries. If nothing is wrong, `manifest`
/// returns the bundle's manifest.
struct Tree {
  let limits: BundleLimits
  private(set) var items: [Manifest.Item] = []
  private(set) var problems: [Problem] = []
  private(set) var warnings: [Problem] = []
  private(set) var bytes = 0
  /// Whether links are allowed to lead out of the bundle.
  var linksLeave = false
  /// Whether a pattern has left something out.
  var leftOut = false
  private var problemCount = 0
  /// The index of each path in `items`. Paths are compared as bytes, because names that look the same can differ in their bytes.
  private var index: [[UInt8]: Int] = [:]
  /// The paths that have a problem.
  private var refused: Set<ExactText> = []
  /// The paths of files that are git LFS pointers. Each pointer is a problem if `refusesPointers` is true, as it is for a commit, and a
  /// warning otherwise.
  private(set) var pointers: [String] = []
  var refusesPointers = false
  private static let pointer = Array("version https://git-lfs.github.com/spec/".utf8)
  /// The largest number of problems that are listed. Further problems are only counted.
  static let listed = 30

  init(limits: BundleLimits) { self.limits = limits }

  mutating func warn(_ warning: Problem) { warnings.append(warning) }

  mutating func refuse(_ path: String, _ message: String, fix: String? = nil) {
    problemCount += 1
    refused.insert(ExactText(path))
    if problems.count < Self.listed { problems.append(Problem(message, subject: path, fix: fix)) }
  }

  mutating func warn(_ path: String, _ message: String, fix: String? = nil) {
    if warnings.count < Self.listed { warnings.append(Problem(message, subject: path, fix: fix)) }
  }

  /// Adds an item whose path is valid.
  /// - Returns: false if the limit of items has been reached, so that it is useless to continue.
  @discardableResult
  mutating func add(_ item: Manifest.Item) -> Bool {
    let item = withoutSetID(item)
    guard items.count < limits.items else {
      if items.count == limits.items {
        refuse(item.path, "the bundle has more than \(limits.items) files, folders and links", fix: Self.smaller)
      }
      return false
    }
    let key = Array(item.path.utf8)
    if let old = index[key] {
      guard item.kind == .directory, items[old].kind == .directory else {
        refuse(
          item.path, "there are two entries of this name in the archive", fix: "make the archive anew; only one of them could be unpacked")
        return true
      }
      items[old].mode = item.mode
      return true
    }
    index[key] = items.count
    items.append(item)
    if item.kind == .file, item.path == ".landerignore" { ignoreFile = item.digest }
    bytes += item.size
    return true
  }

  /// Removes set-user-ID and set-group-ID bits. Without this, an archive from elsewhere could put a program on hosts that runs as root for
  /// everybody. On folders, the bits only determine the group of new files, so their removal is not reported. Files that an appspec file
  /// installs keep the bits, as with the CodeDeploy agent (recorded cases files-modes and files-tar-modes-owners), and each such file is
  /// reported.
  private mutating func withoutSetID(_ item: Manifest.Item) -> Manifest.Item {
    guard item.kind != .link, item.mode & 0o6000 != 0 else { return item }
    if item.kind == .file {
      setIDs += 1
      if setIDs <= Self.listed {
        let bits = "its set-id bits (mode \(String(item.mode, radix: 8)))"
        warnings.append(
          linksLeave
            ? Problem(
              "\(bits) are delivered, as the CodeDeploy agent does", subject: item.path,
              fix: "take them off if nobody needs them: chmod ug-s")
            : Problem(
              "\(bits) are not delivered", subject: item.path,
              fix: "if the program needs them on hosts, set them there: host:run \"chmod u+s …\" in AfterInstall"))
      }
    }
    if linksLeave { return item }
    var plain = item
    plain.mode &= 0o1777
    return plain
  }
  private var setIDs = 0

  /// The digest of the root's `.landerignore`, or nil if none was read.
  private(set) var ignoreFile: Digest?

  /// Removes the items that these rules leave out. This is for rules that become known only after the items.
  mutating func leaveOut(_ rules: IgnoreRules) {
    let all = items
    items = []
    index = [:]
    bytes = 0
    for item in all {
      if rules.leavesOut(wholePath: item.path.utf8.split(separator: UInt8(ascii: "/")).map(Array.init), isFolder: item.kind == .directory) {
        leftOut = true
      } else {
        add(item)
      }
    }
  }

  /// Marks a path as refused, without a further problem.
  mutating func markRefused(_ path: String) { refused.insert(ExactText(path)) }
  /// Returns whether a path is refused.
  func isRefused(_ path: String) -> Bool { refused.contains(ExactText(path)) }

  func item(at path: String) -> Manifest.Item? { index[Array(path.utf8)].map { items[$0] } }

  /// Returns whether the limits allow `size` more bytes. If they do not, adds a problem.
  mutating func hasRoom(for path: String, size: Int) -> Bool {
    if size > limits.file {
      refuse(path, "the file has \(size) bytes, more than the \(limits.file) that one file may have", fix: Self.smaller)
      return false
    }
    if bytes + size > limits.bytes {
      refuse(path, "with this file the bundle has more than \(limits.bytes) bytes", fix: Self.smaller)
      return false
    }
    return true
  }

  static let smaller = "leave out what hosts do not need: `ignore` in the recipe, or `.landerignore`"

  /// Examines a file's first bytes, to find scripts that hosts cannot start, and git LFS pointers.
  mutating func look(at path: String, _ start: ArraySlice<UInt8>) {
    if start.starts(with: Self.pointer), start.count < 2048 { pointers.append(path) }
    if start.starts(with: [0xEF, 0xBB, 0xBF, 0x23, 0x21]) {
      warnings.append(
        Problem(
          "the script begins with a byte order mark: hosts do not see its #! and start it with the wrong program, or not at all",
          subject: path, fix: "save it without: sed -i '1s/^\\xEF\\xBB\\xBF//' '\(path)'"))
    }
    guard start.starts(with: "#!".utf8), let end = start.prefix(512).firstIndex(of: 0x0A), end > start.startIndex, start[end - 1] == 0x0D
    else { return }
    let line = String(decoding: start[start.startIndex..<(end - 1)], as: UTF8.self)
    warnings.append(
      Problem(
        "the first line `\(line)` ends in a carriage return: hosts will say \"not found\" when they start it", subject: path,
        fix: "save it with Unix line ends: sed -i 's/\\r$//' '\(path)'"))
  }

  /// Returns the finished manifest.
  /// - Throws: an error that lists everything that is wrong with the entries.
  mutating func manifest(of source: String) throws(Problems) -> Manifest {
    addMissingFolders()
    tellPointers()
    for item in items { check(item) }
    if problems.isEmpty, !items.contains(where: { $0.kind != .directory }) {
      let why = leftOut ? "everything in it is left out by ignore patterns" : "there is no file in it"
      refuse(source, "the bundle is empty: \(why)", fix: "check whether the build wrote where `bundle` reads")
    }
    guard problems.isEmpty else {
      let more = problemCount - problems.count
      throw Problems(problems + (more > 0 ? [Problem("and \(more) more problems of this kind", subject: source)] : []))
    }
    return Manifest(items: items.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) })
  }

  /// Adds each folder that contains files but has no entry of its own, because archives need not have entries for folders.
  private mutating func addMissingFolders() {
    for item in items {
      var path = item.path.utf8[...]
      while let slash = path.lastIndex(of: UInt8(ascii: "/")) {
        path = path[..<slash]
        if index[Array(path)] != nil { break }
        add(Manifest.Item(path: String(decoding: path, as: UTF8.self), kind: .directory, mode: 0o755))
      }
    }
  }

  private mutating func check(_ item: Manifest.Item) {
    if let slash = item.path.utf8.lastIndex(of: UInt8(ascii: "/")), let parent = index[Array(item.path.utf8[..<slash])],
      items[parent].kind != .directory
    {
      refuse(item.path, "lies below \(items[parent].path), which is a \(items[parent].kind.rawValue) and no directory")
    }
    guard let target = item.target else { return }
    if target.isEmpty || target.utf8.count > 4095 || target.utf8.contains(0) {
      refuse(item.path, "is a link to nothing that can be a path")
    } else if linksLeave {
      return
    } else if target.utf8.first == UInt8(ascii: "/") {
      refuse(
        item.path, "is an absolute link to \(target), which is not part of the bundle",
        fix: "make it relative, or name it in `shared` if it outlives releases")
    } else if leaves(item, target) {
      refuse(item.path, "is a link to \(target), which leads out of the bundle", fix: "bundle what it points at, or leave the link out")
    }
  }

  /// Returns whether a link leads out of the tree. The link is followed through other links of the tree, as the system would follow it.
  private func leaves(_ item: Manifest.Item, _ target: String) -> Bool {
    let slash = UInt8(ascii: "/")
    var place = item.path.utf8.split(separator: slash).dropLast().map(Array.init)
    var rest = Array(target.utf8.split(separator: slash).map(Array.init).reversed())
    var links = 0
    while let part = rest.popLast() {
      if part == Array(".".utf8) { continue }
      if part == Array("..".utf8) {
        guard place.popLast() != nil else { return true }
        continue
      }
      place.append(part)
      guard let found = index[Array(place.joined(separator: [slash]))], let onwards = items[found].target else { continue }
      links += 1
      // Links that lead in a circle lead nowhere, so they do not lead out.
      guard links <= 40, onwards.utf8.first != slash else { return links <= 40 }
      place.removeLast()
      rest.append(contentsOf: onwards.utf8.split(separator: slash).map(Array.init).reversed())
    }
    return false
  }
}

/// Paths in the form in which archives and folders have them.
extension Tree {
  /// Returns the path in clean form: relative, and without `.`, `..` or empty parts. Returns nil if the path is the root itself. Also
  /// returns nil if the path is invalid, and then adds a problem.
  mutating func path(_ raw: [UInt8]) -> String? {
    let shown = Self.shown(raw)
    guard let text = String(validating: raw, as: UTF8.self) else {
      refuse(shown, "the name is not UTF-8", fix: "rename it; hosts and this machine would not agree on its name")
      return nil
    }
    if raw.contains(0) {
      refuse(shown, "the name has a zero byte in it")
      return nil
    }
    if raw.first == UInt8(ascii: "/") {
      refuse(
        shown, "the path is absolute: it would be unpacked outside of the release",
        fix: "make the archive from within its folder: tar -C dist -cf app.tar .")
      return nil
    }
    var parts: [ArraySlice<UInt8>] = []
    for part in raw.split(separator: UInt8(ascii: "/")) where !part.elementsEqual(".".utf8) {
      if part.elementsEqual("..".utf8) {
        refuse(shown, "the path has `..` in it: it could be unpacked outside of the release")
        return nil
      }
      if part.count > 255 {
        refuse(shown, "a part of the path is longer than 255 bytes")
        return nil
      }
      parts.append(part)
    }
    if raw.count > 4000 {
      refuse(shown, "the path is longer than 4000 bytes")
      return nil
    }
    guard !parts.isEmpty else { return nil }
    return parts.count == 1 && parts[0].count == raw.count
      ? text : String(decoding: Array(parts.joined(separator: [UInt8(ascii: "/")])), as: UTF8.self)
  }

  /// Returns a name for use in messages. Bytes that are not text, or that would move the cursor, are shown as `\xNN`.
  static func shown(_ raw: [UInt8]) -> String {
    if let text = String(validating: raw, as: UTF8.self), !raw.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
      return String(text.prefix(300))
    }
    return raw.prefix(300).map { $0 >= 0x20 && $0 < 0x7F ? String(Unicode.Scalar($0)) : "\\x" + String($0, radix: 16) }.joined()
  }
}
