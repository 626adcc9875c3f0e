/// What an installation will replace or remove, kept under the engine's root until the deployment ends, and the way back.
package struct Keeping: Sendable, Hashable {
  /// Packs everything into archives, after a look at the space that takes.
  package private(set) var keeping: ShellProgram
  /// Removes what was installed and puts everything back: path, type, content, mode, owner, ACL, link target and the time of files.
  package private(set) var restoring: ShellProgram
  package let forgetting: ShellProgram

  /// - Parameter lastSuccessful: the deployment folder remembered before.
  package init(_ plan: InstallPlan, previous: CleanupList, lastSuccessful: HostPath?, root: EngineRoot, folder: HostPath) {
    let head = "LC_ALL=C; export LC_ALL\ns=\(folder.appending("kept").text.shellQuoted)\n" + Self.tarOptions
    keeping = ShellProgram(head)
    keeping.line("umask 077; mkdir -- \"$s\" && : >\"$s/list\" && : >\"$s/written\" || exit 1")
    keeping.feed(Self.removed(plan).map(Self.relative), to: "cat >\"$s/list\" || exit 1")
    keeping.feed(Self.written(plan), to: "xargs -0 sh -c \(Self.resolve.shellQuoted) \"$s\" || exit 1")
    keeping.line(Self.pack)

    restoring = ShellProgram(head)
    let fresh = plan.copies.filter { $0.landing == .fresh }.map(\.destination.text)
    let inside = plan.copies.filter { $0.landing == .insideFolder }.map { $0.destination.appending($0.source.name).text }
    restoring.feed(fresh.reversed() + inside, to: "xargs -0 sh -c \(Self.removeFiles.shellQuoted) sh || bad=1")
    restoring.feed(plan.folders.reversed().map(\.text), to: "xargs -0 rmdir -- 2>/dev/null || :")
    restoring.line(Self.unpack)
    restoring.write(previous.rows, to: root.cleanupList)
    let last = root.lastSuccessful.text.shellQuoted
    restoring.line(lastSuccessful.map { "printf %s \($0.text.shellQuoted) >\(last)" } ?? "rm -f -- \(last)")
    restoring.line("[ -z \"${bad-}\" ] || exit 1\nrm -rf -- \"$s\"")
    forgetting = ShellProgram("rm -rf -- \(folder.appending("kept").text.shellQuoted)")
  }

  /// Files and folders that go, folders before what is in them.
  private static func removed(_ plan: InstallPlan) -> [String] {
    plan.removals.reversed().compactMap { removal in
      switch removal {
      case .file(let path), .folder(let path): path.text
      case .label: nil
      }
    }
  }

  /// Files that are written over, or may be.
  private static func written(_ plan: InstallPlan) -> [String] {
    plan.copies.compactMap { copy in
      switch copy.landing {
      case .fresh: nil
      case .inPlace, .throughLink: copy.destination.text
      case .insideFolder: copy.destination.appending(copy.source.name).text
      }
    }
  }

  /// A folder is the old revision's, where the installation did not come to removing it.
  private static let removeFiles = """
    for p do
      shift
      [ ! -L "$p" ] && [ -d "$p" ] || set -- "$@" "$p"
    done
    [ $# -eq 0 ] || rm -f -- "$@"
    """

  private static func relative(_ path: String) -> String { "." + path }

  /// Access control lists are packed where the host has them at all.
  private static let tarOptions = """
    case $(tar --help 2>/dev/null) in *--acls*) gnu='--numeric-owner --acls' exact='--format=posix --no-unquote';; *) gnu= exact=;; esac
    """

  /// A link is written through, so it is what it leads to that is kept, or that is to go where nothing is there yet.
  private static let resolve = """
    for p do
      if [ -L "$p" ]; then p=$(readlink -f -- "$p" && echo .) || continue; p=${p%??}; fi
      if [ -e "$p" ]; then printf ".%s\\000" "$p" >>"$0/written"; else printf "%s\\000" "$p" >>"$0/new"; fi
    done
    """

  private static let pack = """
    cat -- "$s/written" >>"$s/list" || exit 1
    [ -s "$s/list" ] || exit 0
    cd / || exit 1
    need=$(xargs -0 stat -c %s -- <"$s/list" | { n=0; while read -r b; do n=$((n + b + 1536)); done; echo $((n / 1024)); })
    free=$(df -Pk -- "$s" | { read -r head; read -r device size used free rest; echo "$free"; })
    if [ "$need" -gt "$free" ]; then
      echo "No space left: keeping what is replaced takes $need KiB, and $free KiB are free at $s" >&2; exit 1
    fi
    o="$gnu $exact" xargs -0 sh -c 'tar $o --no-recursion -cf "$0/$$.tar" "$@" || exit 255' "$s" <"$s/list" || exit 1
    """

  /// Files that are still there are written in place, so that their other names see the old content again.
  private static let unpack = """
    [ ! -e "$s/new" ] || xargs -0 rm -f -- <"$s/new" || bad=1
    if [ -s "$s/written" ] && command -v setfacl >/dev/null; then (cd / && xargs -0 setfacl -b -- <"$s/written"); fi
    for f in "$s"/*.tar; do [ ! -e "$f" ] || tar -C / $gnu --overwrite -xpf "$f" || bad=1; done
    """
}
