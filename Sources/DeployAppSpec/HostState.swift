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
    /// Folders whose entries are wanted, with what they are.
    package var folders: [HostPath] = []
    package var users: [String] = []
    package var groups: [String] = []
    package init() {}

    /// A record for each path and entry that is there, its kind before it, and behind a link one for what it leads to; then the users and
    /// groups that exist.
    package var program: ShellProgram {
      var program = ShellProgram("LC_ALL=C; export LC_ALL\ncase $(find --version 2>/dev/null) in *GNU*) gnu=y;; *) gnu=;; esac")
      for (depth, paths) in [("0", paths), ("1", folders)] {
        program.feed(paths.map(\.text), to: "depth=\(depth) xargs -0 sh -c \(Self.look.shellQuoted) \"$gnu\"")
      }
      for (word, names) in [("passwd", users), ("group", groups)] {
        program.line("printf '\(word)\\0'")
        program.feed(names.map { "n" + $0 }, to: "xargs -0 sh -c \(Self.account.shellQuoted) \(word)")
      }
      return program
    }

    /// GNU's find tells of thousands at once what a shell tests one by one; only links are left to it.
    private static let look = """
      if [ "$depth" = 0 ]; then h=-P; else h=-H; fi
      set -- $h "$@" -mindepth $depth -maxdepth $depth
      if [ -n "$0" ]; then
        find "$@" '(' -type d -empty -printf 'e%p\\0' -o -type d -printf 'd%p\\0' -o ! -type l -printf 'f%p\\0' ')'
        find "$@" -type l -print0 | xargs -0 sh -c \(test.shellQuoted) sh
      else
        find "$@" -print0 | xargs -0 sh -c \(test.shellQuoted) sh
      fi 2>/dev/null
      """
    private static let test = """
      for p do
        if [ -L "$p" ]; then
          if [ -d "$p" ]; then t=$(cd -P -- "$p" && pwd -P && echo .); printf 'L%s\\0=%s\\0' "$p" "${t%??}"
          elif [ -e "$p" ]; then t=$(readlink -f -- "$p" && echo .); printf 'l%s\\0=%s\\0' "$p" "${t%??}"
          else printf 'x%s\\0' "$p"; fi
        elif [ -d "$p" ]; then
          kind=e
          for e in "$p"/* "$p"/.[!.]* "$p"/..?*; do
            if [ -e "$e" ] || [ -L "$e" ]; then kind=d; break; fi
          done
          printf '%s%s\\0' $kind "$p"
        elif [ -e "$p" ]; then printf 'f%s\\0' "$p"
        fi
      done
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
  /// What is in the folders that were asked for.
  private var entries: [HostPath: [HostPath]]
  /// Folders with something in them that nobody asked for.
  private var filled: Set<HostPath> = []
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
    // A name that is no UTF-8 is nobody's to install, and keeps its folder all the same.
    let records = result.stdout.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    guard result.status == 0, records.contains("passwd") else { throw result.problem("looking at the destinations") }
    entries = Dictionary(question.folders.map { ($0, []) }, uniquingKeysWith: { first, _ in first })
    var word = ""
    var last = HostPath.top
    for record in records {
      let rest = String(record.dropFirst())
      switch (word, record.first) {
      case ("", "="): targets[last] = HostPath(rest)
      case ("", let letter?) where rest.utf8.first == UInt8(ascii: "/"):
        last = HostPath(rest)
        kinds[last] = letter == "e" ? .directory : Kind(rawValue: letter)
        if letter == "d", entries[last] == nil { filled.insert(last) }
        entries[last.parent]?.append(last)
      case ("passwd", "y"): users.insert(rest)
      case ("group", "y"): groups.insert(rest)
      default: word = record
      }
    }
  }

  /// Where a path is once the links in its folders are followed, the last part not; nil where a folder above it is taken away.
  private func location(of path: HostPath) -> HostPath? {
    // Without links a path is where it says; what is left below a folder that goes has gone before it.
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
        if !filled.contains(path), !(entries[path] ?? []).contains(where: { isLeft($0) }) { take(path) }
      default:
        removals.append(.file(path))
        take(path)
      }
    }
    return removals
  }
}
