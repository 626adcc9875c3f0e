import DeployModel

/// Keeps a copy of everything that an installation will replace or remove, and writes a program that restores it. The copies and the
/// program are under the engine's root on the host until the deployment ends. The program removes what was installed, and restores what was
/// there before: path, type, contents, mode, owner, ACL, targets of links, and times of files.
package struct Keeping: Sendable, Hashable {
  /// The folder with the archives of everything that is kept, and with the lists of what to remove.
  package let kept: HostPath
  /// The file with the program for `sh` that restores everything. The file exists as soon as everything is kept, and until there is nothing
  /// left to restore.
  package let wayBack: HostPath
  private let root: EngineRoot

  /// - Parameter folder: the folder of the deployment.
  package init(_ root: EngineRoot, in folder: HostPath) {
    self.root = root
    kept = folder.appending("kept")
    wayBack = folder.appending("way-back")
  }

  /// The exit status of `undoing` if the program that restores everything does not exist.
  package static let nothingToUndo = 3

  /// - Parameter watch: the check of links, which comes before anything is touched.
  func undoing(_ watch: LinkWatch) -> ShellProgram {
    let file = wayBack.text.shellQuoted
    var watch = watch
    for list in ["fresh", "folders", "new", "list"] { watch.look(inFile: kept.appending(list).text.shellQuoted, .folders) }
    watch.look(inFile: kept.appending("written").text.shellQuoted, .whole)
    var program = ShellProgram("[ -e \(file) ] || exit \(Self.nothingToUndo)")
    program.add(watch.shell)
    program.line("sh \(file) && rm -f -- \(file)")
    return program
  }

  package var forgetting: ShellProgram { ShellProgram("rm -rf -- \(wayBack.text.shellQuoted) \(kept.text.shellQuoted)") }

  /// Adds a check that there is enough space for keeping and copying, and then the steps that keep files. If the check or a step fails, the
  /// installation ends there.
  func add(_ plan: InstallPlan, _ table: PathTable, to program: inout ShellProgram) {
    let fresh = plan.copies.filter { $0.landing == .fresh }.map(\.destination)
    let inside = plan.copies.filter { $0.landing == .insideFolder }.map { $0.destination.appending($0.source.name).text }
    program.line("\(head)\numask 077; mkdir -- \"$s\" && : >\"$s/list\" && : >\"$s/written\" || exit 1\n\(Self.room)")
    table.feed(Self.removed(plan), below: .top, to: "cat >\"$s/list\" || exit 1", in: &program)
    program.feed(Self.written(plan), to: "xargs -0 sh -c \(Self.resolve.shellQuoted) \"$s\" || exit 1")
    table.feed(fresh, to: "cat >\"$s/fresh\" || exit 1", in: &program)
    program.feed(inside, to: "cat >>\"$s/fresh\" || exit 1")
    program.feed(plan.folders.reversed().map(\.text), to: "cat >\"$s/folders\" || exit 1")
    program.feed(Self.labelled(plan), to: "cat >\"$s/labels\" || exit 1")
    program.line("cat -- \"$s/written\" >>\"$s/list\" && cd / || exit 1")
    program.line("[ ! -s \"$s/list\" ] || room \"$(sizes <\"$s/list\")\" \"$s\" || exit 1")
    for run in CopyRun.runs(of: plan.copies, landing: .fresh) where !run.isLink {
      let size = "{ cd -- \(run.from.text.shellQuoted) && sizes >\"$s/size\"; } && room \"$(cat \"$s/size\")\" \(run.to.text.shellQuoted)"
      table.feed(run.paths, below: run.to, to: size + " || exit 1", in: &program)
    }
    program.line(Self.pack)
    for (name, file) in remembered {
      program.line("[ ! -e \(file.text.shellQuoted) ] || cp -p -- \(file.text.shellQuoted) \"$s/\(name)\" || exit 1")
    }
    // Each line begins with an extra character, so that no line can be mistaken for the end of the program.
    let lines = restoring.parts(at: "\n", keepingEmpty: true).map { "|" + $0 }
    program.line(
      "sed 's/^|//' >\"$s/program\" <<'END OF PROGRAM' && mv -f -- \"$s/program\" \(wayBack.text.shellQuoted) || exit 1\n"
        + lines.joined(separator: "\n") + "\nEND OF PROGRAM")
  }

  private var head: String { "LC_ALL=C; export LC_ALL\ns=\(kept.text.shellQuoted)\n" + Self.tarOptions }

  /// The files of the engine itself that an installation changes.
  private var remembered: [(name: String, file: HostPath)] { [("cleanup", root.cleanupList), ("last", root.lastSuccessful)] }

  private var restoring: String {
    var text = head + "\n[ -d \"$s\" ] || exit 0\n" + Self.unpack
    for (name, file) in remembered { text += "\nput \(name) \(file.text.shellQuoted)" }
    // The folder is renamed in one step, so that a later run finds either all of it or nothing.
    return text + "\n[ -z \"${bad-}\" ] && mv -- \"$s\" \"$s.used\" && rm -rf -- \"$s.used\""
  }

  /// Returns the files and folders that the plan removes.
  private static func removed(_ plan: InstallPlan) -> [HostPath] {
    plan.removals.reversed().compactMap { removal in
      switch removal {
      case .file(let path), .folder(let path): path
      case .label: nil
      }
    }
  }

  /// Returns the files that the plan overwrites or might overwrite.
  private static func written(_ plan: InstallPlan) -> [String] {
    plan.copies.compactMap { copy in
      switch copy.landing {
      case .fresh: nil
      case .inPlace, .throughLink: copy.destination.text
      case .insideFolder: copy.destination.appending(copy.source.name).text
      }
    }
  }

  /// Returns the paths on which the plan sets an SELinux label.
  private static func labelled(_ plan: InstallPlan) -> [String] {
    plan.rights.flatMap { right -> [String] in
      if case .label(_, let paths) = right { paths.map(\.text) } else { [] }
    }
  }

  /// The options of `tar`. Access control lists are packed too if the host's `tar` can do that.
  private static let tarOptions = """
    case $(tar --help 2>/dev/null) in *--acls*) gnu='--numeric-owner --acls' exact='--format=posix --no-unquote';; *) gnu= exact=;; esac
    """

  /// A copy to a link writes to the link's target, so the target is kept. If the target does not exist yet, a restore removes it.
  private static let resolve = """
    for p do
      if [ -L "$p" ]; then p=$(readlink -f -- "$p" && echo .) || continue; p=${p%??}; fi
      if [ -e "$p" ]; then printf ".%s\\000" "$p" >>"$0/written"; else printf "%s\\000" "$p" >>"$0/new"; fi
    done
    """

  /// Checks the space. The space that the removals will free on a device is computed only if there is not enough space without it.
  private static let room = """
    sizes() { # KiB of the files whose names are on standard input, and of what goes with them
      xargs -0 stat -c %s -- | { n=0; while read -r b; do n=$((n + b + 1536)); done; echo $((n / 1024)); }
    }
    room() { # KiB, folder
      u=$2
      until [ -d "$u" ]; do u=${u%/*}; u=${u:-/}; done
      v=need_$(stat -c %d -- "$u")
      eval "n=\\$((\\${$v:-0} + $1)); $v=\\$n"
      free=$(df -Pk -- "$u" | { read -r head; read -r device size used free rest; echo "$free"; })
      [ "$n" -gt "$free" ] || return 0
      if [ "$2" != "$s" ]; then
        free=$((free + $(cd / && xargs -0 stat -c '%d %h %b' -- <"$s/list" |
          { g=0; while read -r d h b; do [ "need_$d $h" != "$v 1" ] || g=$((g + b)); done; echo $((g / 2)); })))
      fi
      [ "$n" -gt "$free" ] || return 0
      echo "No space left: keeping what is replaced and the new files take $n KiB, and $free KiB are free at $u" >&2
      return 1
    }
    """

  private static let pack = """
    [ ! -s "$s/list" ] || o="$gnu $exact" xargs -0 sh -c 'tar $o --no-recursion -cf "$0/$$.tar" "$@" || exit 255' "$s" <"$s/list" || exit 1
    """

  /// Removes files. If a folder is in the place of a file, the folder belongs to the old revision, because the installation ended before it
  /// could remove that folder.
  private static let removeFiles = """
    for p do
      if [ -d "$p" ] && [ ! -L "$p" ]; then odd=y; break; fi
    done
    [ "${odd-}" ] || exec rm -f -- "$@"
    for p do
      shift
      [ ! -L "$p" ] && [ -d "$p" ] || set -- "$@" "$p"
    done
    [ $# -eq 0 ] || rm -f -- "$@"
    """

  /// Restores the files. Labels are removed while the labelled files still exist, because otherwise the next installation would find the
  /// labels. Existing files are written in place, so that their other hard links have the old contents again.
  private static let unpack = """
    put() { # name, file
      if [ -e "$s/$1" ]; then cp -p -- "$s/$1" "$2.new" && mv -f -- "$2.new" "$2"; else rm -f -- "$2"; fi || bad=1
    }
    [ ! -s "$s/labels" ] || xargs -0 sh -c 'for p do semanage fcontext -d "$(readlink -f -- "$p")"; done' sh <"$s/labels" 2>/dev/null || :
    [ ! -s "$s/fresh" ] || xargs -0 sh -c \(removeFiles.shellQuoted) sh <"$s/fresh" || bad=1
    [ ! -s "$s/folders" ] || xargs -0 rmdir -- <"$s/folders" 2>/dev/null || :
    [ ! -e "$s/new" ] || xargs -0 rm -f -- <"$s/new" || bad=1
    if [ -s "$s/written" ] && command -v setfacl >/dev/null; then (cd / && xargs -0 setfacl -b -- <"$s/written"); fi
    for f in "$s"/*.tar; do [ ! -e "$f" ] || tar -C / $gnu --overwrite -xpf "$f" || bad=1; done
    """
}
