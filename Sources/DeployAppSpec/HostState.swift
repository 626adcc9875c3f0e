/// What stands at the paths that an installation touches, as the host answered just before it.
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

  /// What is asked of the host.
  package struct Question: Sendable, Hashable {
    package var paths: [HostPath] = []
    /// Folders whose entries are wanted.
    package var folders: [HostPath] = []
    package var users: [String] = []
    package var groups: [String] = []
    package init() {}

    /// One record a path (its kind, and what a link leads to), then folders' entries, users and groups that exist.
    package var program: ShellProgram {
      var program = ShellProgram("LC_ALL=C; export LC_ALL")
      program.feed(paths.map(\.text), to: "xargs -0 sh -c \(Self.look.shellQuoted) sh")
      program.line("printf 'entries\\0'")
      // Most of them are files, which `find` would open one by one.
      program.feed(
        folders.map(\.text), to: "xargs -0 sh -c \(Self.chooseFolders.shellQuoted) sh | xargs -0 sh -c \(Self.list.shellQuoted) sh")
      for (word, names) in [("passwd", users), ("group", groups)] {
        program.line("printf '\(word)\\0'")
        program.feed(names.map { "n" + $0 }, to: "xargs -0 sh -c \(Self.account.shellQuoted) \(word)")
      }
      return program
    }

    private static let look = """
      for p do
        if [ -L "$p" ]; then
          if [ -d "$p" ]; then t=$(cd -P -- "$p" && pwd -P && echo .); printf 'L%s\\0' "${t%??}"
          elif [ -e "$p" ]; then t=$(readlink -f -- "$p" && echo .); printf 'l%s\\0' "${t%??}"
          else printf 'x\\0'; fi
        elif [ -d "$p" ]; then printf 'd\\0'
        elif [ -e "$p" ]; then printf 'f\\0'
        else printf -- '-\\0'; fi
      done
      """
    private static let chooseFolders = """
      for p do if [ -d "$p" ] && [ ! -L "$p" ]; then printf '%s\\0' "$p"; fi; done
      """
    private static let list = """
      [ $# -eq 0 ] || find "$@" -mindepth 1 -maxdepth 1 -print0 2>/dev/null; :
      """
    private static let account = """
      for n do
        n=${n#n} found=
        if command -v getent >/dev/null; then found=$(getent "$0" "$n"); found=${found%%:*}
        else while IFS=: read -r a b; do [ "$a" = "$n" ] && found=$a; done <"/etc/$0"; fi
        [ "$found" != "$n" ] || printf 'y%s\\0' "$n"
      done
      """
  }

  private var kinds: [HostPath: Kind] = [:]
  /// Of links: the physical path they lead to.
  private var targets: [HostPath: HostPath] = [:]
  private var entries: [HostPath: [HostPath]] = [:]
  package private(set) var users: Set<String> = []
  package private(set) var groups: Set<String> = []
  /// Locations that are taken away before the installation begins.
  private var removed: Set<HostPath> = []

  package init(
    kinds: [HostPath: Kind] = [:], targets: [HostPath: HostPath] = [:], entries: [HostPath: [HostPath]] = [:], users: Set<String> = [],
    groups: Set<String> = []
  ) {
    self.kinds = kinds
    self.targets = targets
    self.entries = entries
    self.users = users
    self.groups = groups
  }

  /// Reads the answer to a question.
  package init(_ question: Question, answered result: ShellResult) throws(SpecProblem) {
    let records = result.records.map { $0 ?? "" }
    guard result.status == 0, records.count > question.paths.count else { throw result.problem("looking at the destinations") }
    for (path, record) in zip(question.paths, records) {
      kinds[path] = record.first.flatMap(Kind.init(rawValue:)) ?? .absent
      if record.utf8.count > 1 { targets[path] = HostPath(String(record.dropFirst())) }
    }
    var word = ""
    for record in records.dropFirst(question.paths.count) {
      switch record.first {
      case "/": entries[HostPath(record).parent, default: []].append(HostPath(record))
      case "y": _ = word == "passwd" ? users.insert(String(record.dropFirst())) : groups.insert(String(record.dropFirst()))
      default: word = record
      }
    }
  }

  /// Where a path is once the links in its folders are followed, the last part not; nil where a folder above it is taken away.
  private func location(of path: HostPath) -> HostPath? {
    if removed.isEmpty, targets.isEmpty { return path }
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

  private mutating func take(_ path: HostPath) { if let place = location(of: path) { removed.insert(place) } }

  /// Notes what the removal of a list will do: files and links go, folders where nothing is left in them.
  package mutating func remove(_ list: CleanupList) -> [InstallPlan.Removal] {
    var removals: [InstallPlan.Removal] = []
    for line in list.lines.reversed() {
      guard case .path(let path) = line else {
        removals.append(.label(line.path))
        continue
      }
      switch kind(of: path) {
      case .absent: continue
      case .directory:
        removals.append(.folder(path))
        if !(entries[path] ?? []).contains(where: { isLeft($0) }) { take(path) }
      default:
        removals.append(.file(path))
        take(path)
      }
    }
    return removals
  }
}
