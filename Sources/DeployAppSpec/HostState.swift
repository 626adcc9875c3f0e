import DeployModel

/// What exists at the paths that an installation touches, as the host answered just before it.
package struct HostState: Sendable, Hashable {
  package enum Kind: Character, Sendable, Hashable {
    case absent = "-"
    case file = "f"
    case directory = "d"
    /// A link to a file.
    case fileLink = "l"
    case folderLink = "L"
    case danglingLink = "x"
  }

  /// A question to the host.
  package struct Question: Sendable, Hashable {
    package var paths: [HostPath] = []
    /// Folders whose entries are wanted, with what they are.
    package var folders: [HostPath] = []
    package var users: [String] = []
    package var groups: [String] = []
    package init() {}

    /// Prints a record for each existing path and entry, after its kind, and after a link one for its target; for each listed folder, one
    /// with `F`; then the existing users and groups.
    package var program: ShellProgram {
      var program = HostState.head
      program.feed(paths.map(\.text), to: "depth=0 xargs -0 sh -c \"$look\" \"$gnu\"")
      program.feed(folders.map(\.text), to: "depth=1 xargs -0 sh -c \"$look\" \"$gnu\"")
      for (word, names) in [("passwd", users), ("group", groups)] {
        program.line("printf '\(word)\\0'")
        program.feed(names.map { "n" + $0 }, to: "xargs -0 sh -c \(Self.account.shellQuoted) \(word)")
      }
      return program
    }

    private static let account = """
      for n do
        n=${n#n} found=
        if command -v getent >/dev/null; then found=$(getent "$0" "$n"); found=${found%%:*}
        else while IFS=: read -r a b; do [ "$a" = "$n" ] && found=$a; done <"/etc/$0"; fi
        [ "$found" != "$n" ] || printf 'y%s\\0' "$n"
      done
      """
  }

  private(set) var kinds: [HostPath: Kind] = [:]
  /// Of links: the physical path they lead to.
  private var targets: [HostPath: HostPath] = [:]
  /// What is in the folders whose entries were told.
  private(set) var entries: [HostPath: [HostPath]]
  /// Folders that are not empty.
  private var filled: Set<HostPath> = []
  package private(set) var users: Set<String> = []
  package private(set) var groups: Set<String> = []
  /// Locations that are removed before the installation begins.
  private var removed: Set<HostPath> = []
  /// Links to folders, as they were found.
  private var folderLinks: Set<HostPath> = []
  /// Links that changes go through, as far as changes are noted.
  private(set) var passed: Set<HostPath> = []
  /// Links that are removed with the previous revision, so that nothing goes through them.
  private(set) var takenLinks: Set<HostPath> = []

  package init(
    kinds: [HostPath: Kind] = [:], targets: [HostPath: HostPath] = [:], entries: [HostPath: [HostPath]] = [:], users: Set<String> = [],
    groups: Set<String> = []
  ) {
    self.kinds = kinds
    self.targets = targets
    self.entries = entries
    self.users = users
    self.groups = groups
    folderLinks = Set(kinds.lazy.filter { $0.value == .folderLink }.map(\.key))
  }

  /// Reads the answer to a question.
  package init(answered result: ShellResult) throws(SpecProblem) {
    // A name that is not UTF-8 belongs to no installation, but keeps its folder.
    let records = result.stdout.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    guard result.status == 0, records.contains("passwd") else { throw result.problem("looking at the destinations") }
    self.init(records)
  }

  init(_ records: [String]) {
    self.init()
    var word = ""
    var last = HostPath.top
    for record in records {
      let rest = String(record.dropFirst())
      switch (word, record.first) {
      case ("", "="): targets[last] = HostPath(rest)
      case ("", "F"): entries[HostPath(rest), default: []] += []
      case ("", let letter?) where rest.utf8.first == UInt8(ascii: "/"):
        last = HostPath(rest)
        kinds[last] = letter == "e" ? .directory : Kind(rawValue: letter)
        if letter == "d" { filled.insert(last) }
        if letter == "L" { folderLinks.insert(last) }
        entries[last.parent]?.append(last)
      case ("passwd", "y"): users.insert(rest)
      case ("group", "y"): groups.insert(rest)
      default: word = record
      }
    }
  }

  /// The location of a path once the links in its folders are followed, but not its last part; nil if a folder above it is removed.
  private func location(of path: HostPath) -> HostPath? {
    // Without links, a path is its own location; everything below a removed folder was removed before it.
    if targets.isEmpty { return path }
    var place = HostPath.top
    for folder in path.ancestors {
      let here = place.appending(folder.name)
      if removed.contains(here) { return nil }
      place = kinds[folder] == .folderLink ? targets[folder] ?? here : here
    }
    return place.appending(path.name)
  }

  /// What is at the path once the removals are done.
  package func kind(of path: HostPath) -> Kind {
    guard let place = location(of: path), !removed.contains(place) else { return .absent }
    let kind = kinds[path] ?? .absent
    if kind == .fileLink || kind == .folderLink, let target = targets[path], removed.contains(target) { return .danglingLink }
    return kind
  }

  /// Whether something is there, links followed.
  package func exists(_ path: HostPath) -> Bool { kind(of: path) != .absent && kind(of: path) != .danglingLink }
  /// Whether a folder is there, links followed.
  package func isFolder(_ path: HostPath) -> Bool { kind(of: path) == .directory || kind(of: path) == .folderLink }

  /// Whether an entry of a folder that was listed is still there.
  private func isLeft(_ entry: HostPath) -> Bool { location(of: entry).map { !removed.contains($0) } ?? false }

  private mutating func take(_ path: HostPath) {
    if let place = location(of: path) { removed.insert(place) }
    if let kind = kinds[path], kind != .file, kind != .directory { takenLinks.insert(path) }
  }

  /// Notes the links in the folders above a path that is changed.
  mutating func pass(to path: HostPath) {
    guard !folderLinks.isEmpty else { return }
    for folder in path.ancestors where folderLinks.contains(folder) && kind(of: folder) == .folderLink { passed.insert(folder) }
  }

  /// Notes a link that a change goes through.
  mutating func pass(through link: HostPath) { passed.insert(link) }

  /// Notes what the removal of a list will do: it removes files and links, and folders that are then empty.
  package mutating func remove(_ list: CleanupList) -> [InstallPlan.Removal] {
    var removals: [InstallPlan.Removal] = []
    for line in list.lines.reversed() {
      guard case .path(let path) = line else {
        pass(to: line.path)
        if let kind = kinds[line.path], kind != .file, kind != .directory { pass(through: line.path) }
        removals.append(.label(line.path))
        continue
      }
      pass(to: path)
      switch kind(of: path) {
      case .absent: continue
      case .directory:
        removals.append(.folder(path))
        let isFilled = entries[path].map { $0.contains(where: isLeft) } ?? filled.contains(path)
        if !isFilled { take(path) }
      default:
        removals.append(.file(path))
        take(path)
      }
    }
    return removals
  }
}
