/// Carries a plan out: one shell program, a batch a kind of step.
package struct InstallProgram: Sendable {
  package private(set) var shell = ShellProgram()

  /// - Parameters:
  ///   - list: the file that says what the next installation has to remove; written before anything is made.
  ///   - record: the file that tells people what was done.
  ///   - work: a folder of the deployment for the program's own use.
  package init(_ plan: InstallPlan, list: HostPath, record: HostPath, work: HostPath) {
    shell.line(Self.head)
    shell.line("w=\(work.text.shellQuoted)")
    remove(plan.removals)
    shell.line("rm -f -- \(list.text.shellQuoted) || exit 1")
    shell.write(plan.cleanup.rows, to: list)
    shell.write([InstallRecord(plan).text], to: record)
    shell.feed(plan.folders.map(\.text), to: "xargs -0 mkdir -- || exit 1")
    copy(plan.copies)
    for right in plan.rights { grant(right) }
  }

  /// Removes what a list names and the list itself, and makes nothing: what is left to do where no plan could be made.
  package init(removing removals: [InstallPlan.Removal], list: HostPath) {
    shell.line(Self.head)
    remove(removals)
    shell.line("rm -f -- \(list.text.shellQuoted) || exit 1")
  }

  private static let head = """
    LC_ALL=C; export LC_ALL
    case $(tar --version 2>/dev/null) in *GNU*) gnu=y;; *) gnu=;; esac
    copy_tree() { # from, to, options of the one who unpacks; names on standard input
      if [ "$gnu" ]; then
        { tar -C "$1" --no-recursion --numeric-owner --hard-dereference --null -T - -cf - || : >"$w/copy-failed"; } |
          tar -C "$2" --numeric-owner $3 -xpf - && [ ! -e "$w/copy-failed" ]
      elif find "$1" -type f -links +1 2>/dev/null | grep -q .; then # other tars keep hard links, and copies are to be files of their own
        from=$1 to=$2 how=${3:+-P} xargs -0 sh -c 'for n do cp "${how:--pP}" -- "$from/$n" "$to/$n" || exit 255; done' sh
      else
        from=$1 to=$2 how=$3 xargs -0 sh -c 'tar -C "$from" -cf - "$@" | tar -C "$to" $how -xpf - || exit 255' sh
      fi
    }
    copy_flat() { # from, to, options; names on standard input
      cd -- "$1" && to=$2 how=$3 xargs -0 sh -c 'exec cp $how -- "$@" "$to"' sh
    }
    """

  private mutating func remove(_ removals: [InstallPlan.Removal]) {
    var files: [String] = []
    var folders: [String] = []
    for removal in removals {
      switch removal {
      case .file(let path): files.append(path.text)
      case .folder(let path): folders.append(path.text)
      case .label(let path): shell.line("semanage fcontext -d \(path.text.shellQuoted) || :")
      }
    }
    shell.feed(files, to: "xargs -0 rm -f -- || exit 1")
    shell.feed(folders, to: "xargs -0 sh -c \(Self.removeFolders.shellQuoted) sh || exit 1")
  }

  /// Tries all at once; of those that are left, the empty ones tell why.
  private static let removeFolders = """
    rmdir -- "$@" 2>/dev/null && exit 0
    for d do
      [ ! -L "$d" ] && [ -d "$d" ] || continue
      for e in "$d"/* "$d"/.[!.]* "$d"/..?*; do
        if [ -e "$e" ] || [ -L "$e" ]; then continue 2; fi
      done
      rmdir -- "$d" || exit 255
    done
    """

  /// Two folders that a run of copies shares: where names are read, and where they are written.
  private struct Route: Hashable {
    var from: HostPath
    var to: HostPath
    var isLink: Bool
  }

  private mutating func copy(_ copies: [InstallPlan.Copy]) {
    var routes: [Route] = []
    var names: [Route: [String]] = [:]
    func note(_ route: Route, _ name: String) {
      if names[route] == nil { routes.append(route) }
      names[route, default: []].append(name)
    }
    for copy in copies where copy.landing == .fresh {
      let (route, name) = Self.route(of: copy)
      note(route, name)
    }
    for route in routes { carry(names[route] ?? [], along: route) }
    routes = []
    names = [:]
    for copy in copies where copy.landing == .inPlace {
      note(Route(from: copy.source.parent, to: copy.destination.parent, isLink: false), copy.source.name)
    }
    for route in routes {
      shell.feed(names[route] ?? [], to: "copy_flat \(route.from.text.shellQuoted) \(route.to.text.shellQuoted) -p || exit 1")
    }
    for copy in copies {
      let from = copy.source.text.shellQuoted
      let to = copy.destination.text.shellQuoted
      switch copy.landing {
      case .fresh, .inPlace: continue
      case .throughLink:
        shell.line(
          "cat -- \(from) >\(to) && chown -- \"$(stat -c %u:%g -- \(from))\" \(to) && "
            + "chmod -- \"0$(stat -c %a -- \(from))\" \(to) && touch -r \(from) -- \(to) || exit 1")
      case .insideFolder:
        shell.line(copy.isLink ? "ln -s -- \"$(readlink -- \(from))\" \(to)/ || exit 1" : "cp -p -- \(from) \(to)/ || exit 1")
      }
    }
  }

  /// Splits a copy at the longest end that source and destination have in common.
  private static func route(of copy: InstallPlan.Copy) -> (Route, String) {
    var from = copy.source
    var to = copy.destination
    var name = ""
    while from.name == to.name, from != .top, to != .top, from.name.utf8.elementsEqual(to.name.utf8) {
      name = name.isEmpty ? from.name : from.name + "/" + name
      from = from.parent
      to = to.parent
    }
    return (Route(from: from, to: to, isLink: copy.isLink), name)
  }

  private mutating func carry(_ names: [String], along route: Route) {
    let folders = "\(route.from.text.shellQuoted) \(route.to.text.shellQuoted)"
    if names.allSatisfy({ !$0.utf8.contains(UInt8(ascii: "/")) }) {
      shell.feed(names, to: "copy_flat \(folders) \(route.isLink ? "-P" : "-pP") || exit 1")
    } else {
      // A link is made anew, so that its owner is who deploys.
      shell.feed(names.map { "./" + $0 }, to: "copy_tree \(folders) \(route.isLink ? "'-o -m'" : "''") || exit 1")
    }
  }

  private mutating func grant(_ right: InstallPlan.Right) {
    switch right {
    case .reachable(let path):
      let quoted = path.text.shellQuoted
      shell.line("[ -e \(quoted) ] || { printf '%s: No such file or directory\\n' \(quoted) >&2; exit 1; }")
    case .mode(let mode, let paths):
      // Five digits: with fewer, a folder would keep its set-group-ID bit.
      let octal = String(mode, radix: 8)
      shell.feed(paths.map(\.text), to: "xargs -0 chmod -- 0\(String(repeating: "0", count: 4 - octal.count))\(octal) || exit 1")
    case .acl(let acl, let paths):
      // -n: where no mask is given, each file's is what its group may.
      let entries = acl.entries.map(\.text).joined(separator: ",").shellQuoted
      shell.feed(paths.map(\.text), to: "xargs -0 setfacl -b -- || exit 1")
      shell.feed(paths.map(\.text), to: "xargs -0 setfacl -n -m \(entries) -- || exit 1")
    case .label(let label, let paths):
      for path in paths.map(\.text.shellQuoted) {
        let user = label.user.map { "-s \($0.shellQuoted) " } ?? ""
        let range = label.range.map { "-r \($0.shellQuoted) " } ?? ""
        shell.line(
          "real=$(readlink -f -- \(path)) && semanage fcontext -a \(user)-t \(label.type.shellQuoted) \(range)\"$real\" && "
            + "restorecon -v \"$real\" || exit 1")
      }
    case .owner(let user, let group, let paths):
      let who = (user ?? "") + (group.map { ":" + $0 } ?? "")
      shell.feed(paths.map(\.text), to: "xargs -0 chown -- \(who.shellQuoted) || exit 1")
    }
  }
}
