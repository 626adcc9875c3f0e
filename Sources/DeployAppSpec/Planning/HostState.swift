import DeployModel

/// What exists at the paths that an installation touches, as the host reported just before the installation.
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

  /// A question to the host about paths, users and groups.
  package struct Question: Sendable, Hashable {
    package var paths: [HostPath] = []
    /// The folders to list. The answer has the kind of each entry.
    package var folders: [HostPath] = []
    package var users: [String] = []
    package var groups: [String] = []
    package init() {}

    /// The program that answers the question. For each path and each entry that exists, it prints one record with the kind and the path. If
    /// it is a link, the next record is the link's target. For each listed folder, the program prints a record with `F`. At the end, it
    /// prints the users and groups that exist.
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
  /// The physical path to which each link leads.
  private var targets: [HostPath: HostPath] = [:]
  /// The entries of the folders that the host listed.
  private(set) var entries: [HostPath: [HostPath]]
  /// The folders that are not empty.
  private var filled: Set<HostPath> = []
  package private(set) var users: Set<String> = []
  package private(set) var groups: Set<String> = []
  /// The locations whose contents are removed before the installation begins.
  private var removed: Set<HostPath> = []
  /// The links to folders, as the host reported them.
  private var folderLinks: Set<HostPath> = []
  /// The links through which the changes noted so far go.
  private(set) var passed: Set<HostPath> = []
  /// The links that are removed together with the previous revision. No change goes through them.
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

  /// Reads the host's answer to a question.
  package init(answered result: ShellResult) throws(SpecProblem) {
    // A name that is not UTF-8 belongs to no installation, but it still means that its folder is not empty.
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

  /// Returns the location of a path: the path with the links among its folders followed. The last part of the path is not followed. Returns
  /// nil if a folder above the path is removed.
  private func location(of path: HostPath) -> HostPath? {
    // Without links, a path is its own location. Everything below a folder is removed before the folder itself.
    if targets.isEmpty { return path }
    var place = HostPath.top
    for folder in path.ancestors {
      let here = place.appending(folder.name)
      if removed.contains(here) { return nil }
      place = kinds[folder] == .folderLink ? targets[folder] ?? here : here
    }
    return place.appending(path.name)
  }

  /// Returns what is at the path after the removals.
  package func kind(of path: HostPath) -> Kind {
    guard let place = location(of: path), !removed.contains(place) else { return .absent }
    let kind = kinds[path] ?? .absent
    if kind == .fileLink || kind == .folderLink, let target = targets[path], removed.contains(target) { return .danglingLink }
    return kind
  }

  /// Returns whether something is at the path, with links followed.
  package func exists(_ path: HostPath) -> Bool { kind(of: path) != .absent && kind(of: path) != .danglingLink }
  /// Returns whether a folder is at the path, with links followed.
  package func isFolder(_ path: HostPath) -> Bool { kind(of: path) == .directory || kind(of: path) == .folderLink }

  /// Returns whether an entry of a listed folder is still there after the removals.
  private func isLeft(_ entry: HostPath) -> Bool { location(of: entry).map { !removed.contains($0) } ?? false }

  private mutating func take(_ path: HostPath) {
    if let place = location(of: path) { removed.insert(place) }
    if let kind = kinds[path], kind != .file, kind != .directory { takenLinks.insert(path) }
  }

  /// Notes the links among the folders above a path that is changed.
  mutating func pass(to path: HostPath) {
    guard !folderLinks.isEmpty else { return }
    for folder in path.ancestors where folderLinks.contains(folder) && kind(of: folder) == .folderLink { passed.insert(folder) }
  }

  /// Notes a link through which a change goes.
  mutating func pass(through link: HostPath) { passed.insert(link) }

  /// Notes what the removal of a list does. First the files and links are removed, and then the folders that are empty.
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
