import DeployModel

/// Carries out a plan with one shell program. The program has one batch for each kind of step.
package struct InstallProgram: Sendable {
  package private(set) var shell = ShellProgram()
  private var table = PathTable([])

  /// The exit status if nothing was touched because the old files could not be kept.
  package static let nothingTouched = 20

  /// - Parameters:
  ///   - watch: the check of links, which comes before anything is touched.
  ///   - keeping: keeps what is replaced or removed, or nil to keep nothing.
  ///   - list: the file that lists what the next installation has to remove. It is written before anything is made.
  ///   - record: the file in which people can read what was done.
  ///   - work: a folder of the deployment for files of the program.
  init(_ plan: InstallPlan, _ watch: LinkWatch, keeping: Keeping?, list: HostPath, record: HostPath, work: HostPath) {
    table = Self.table(of: plan)
    shell.line(Self.head)
    shell.line("w=\(work.text.shellQuoted) t=$w/paths\ntrap 'rm -f -- \"$t\"' EXIT\n\(PathTable.names)\n(")
    table.write(in: &shell)
    var watch = watch
    watch.look(at: plan, table)
    shell.add(watch.shell)
    keeping?.add(plan, table, to: &shell)
    shell.line(") || {\ns=$?")
    if let keeping { shell.add(keeping.forgetting) }
    shell.line("[ $s = \(LinkWatch.refused) ] || s=\(Self.nothingTouched)\nexit $s; }")
    let stamps = Stamp.all(of: plan)
    let runs = CopyRun.runs(of: plan.copies, stamps: stamps)
    let fresh = plan.copies.allSatisfy { $0.landing == .fresh } ? runs : CopyRun.runs(of: plan.copies, landing: .fresh, stamps: stamps)
    remove(plan.removals)
    write(plan, to: list)
    shell.feed(plan.folders.map(\.text), to: "xargs -0 mkdir -- || exit 1")
    // The record for people is written while the copies are made. The pipe between these two processes carries no data, but it makes the
    // shell wait for both.
    shell.line("{ (")
    shell.add(InstallRecord(plan, runs, table, file: record).program)
    shell.line(") || : >\"$w/record-failed\"; } | { :")
    if !stamps.isEmpty { shell.line("[ -z \"$gnu\" ] || [ \"$(id -u)\" != 0 ] || stamps=y") }
    copy(plan.copies, fresh)
    grant(plan.rights, stamped: fresh)
    shell.line("} && [ ! -e \"$w/record-failed\" ] || exit 1")
  }

  /// Only removes everything on a list, and the list itself. This is for a deployment whose plan could not be made.
  init(removing plan: InstallPlan, _ watch: LinkWatch, list: HostPath) {
    shell.line(Self.head)
    var watch = watch
    watch.look(at: plan, table)
    shell.add(watch.shell)
    remove(plan.removals)
    shell.line("rm -f -- \(list.text.shellQuoted) || exit 1")
  }

  private static func table(of plan: InstallPlan) -> PathTable {
    var old: (files: [HostPath], folders: [HostPath]) = ([], [])
    for removal in plan.removals.reversed() {
      switch removal {
      case .file(let path): old.files.append(path)
      case .folder(let path): old.folders.append(path)
      case .label: continue
      }
    }
    let new = plan.copies.map(\.destination)
    let (wereThere, areMade) = (Set(old.files), Set(new))
    return PathTable([
      Set(old.folders + plan.folders).sorted(), new.filter(wereThere.contains), new.filter { !wereThere.contains($0) },
      old.files.filter { !areMade.contains($0) },
    ])
  }

  /// Writes the list. Files come after folders. The next installation reads the list from its end, so it empties folders before it removes
  /// them.
  private mutating func write(_ plan: InstallPlan, to list: HostPath) {
    let temporary = (list.text + ".new").shellQuoted
    let made = Set(plan.folders)
    let folders = plan.cleanup.lines.filter { made.contains($0.path) }
    let others = plan.cleanup.lines.filter { !made.contains($0.path) }
    let (plain, odd) = (others.filter(CleanupList.isPlain), others.filter { !CleanupList.isPlain($0) })
    // The order of the plan is kept, because a plain folder can be below an odd one, and an odd one below a plain one.
    let arePlain = folders.allSatisfy(CleanupList.isPlain)
    shell.line(": >\(temporary) || exit 1")
    if !arePlain { append(folders, to: temporary, asTheyAre: true) }
    append(arePlain ? folders + plain : plain, to: temporary)
    append(odd, to: temporary, asTheyAre: true)
    shell.line("mv -f -- \(temporary) \(list.text.shellQuoted) || exit 1")
  }

  private mutating func append(_ lines: [CleanupList.Line], to file: String, asTheyAre: Bool = false) {
    if asTheyAre {
      shell.text(CleanupList(lines).rows.map(ShellProgram.withoutNUL), to: "tr '\\001' '\\000' >>\(file) || exit 1")
    } else {
      table.lines(of: lines.map(\.path), to: "cat >>\(file) || exit 1", in: &shell)
    }
  }

  private static let head = """
    LC_ALL=C; export LC_ALL
    case $(tar --version 2>/dev/null) in *GNU*) gnu=y;; *) gnu=;; esac
    stamps=
    copy_tree() { # from, to, options of the one who unpacks, and of the one who packs, where that stamps; names on standard input
      [ "$stamps" ] || set -- "$1" "$2" "$3"
      if [ "$gnu" ]; then
        { tar -C "$1" -b 128 --no-recursion --numeric-owner --hard-dereference $4 --null -T - -cf - || : >"$w/copy-failed"; } |
          tar -C "$2" -b 128 --numeric-owner $3 -xpf - && [ ! -e "$w/copy-failed" ]
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
    var files: [HostPath] = []
    var folders: [String] = []
    // A link to a folder stays until everything below the link is removed.
    let above = Set(removals.lazy.map(\.path.parent))
    for removal in removals {
      switch removal {
      case .file(let path) where above.contains(path): folders.append(path.text)
      case .file(let path): files.append(path)
      case .folder(let path): folders.append(path.text)
      case .label(let path): shell.line("semanage fcontext -d \"$(readlink -f -- \(path.text.shellQuoted))\" || :")
      }
    }
    // If there are many files, two processes need only three fifths of the time that one process needs.
    let share = files.count > 500 ? "$(case $(xargs --version 2>/dev/null) in *GNU*) echo '-n 500 -P 2';; esac) " : ""
    table.feed(files, to: "xargs -0 \(share)rm -f -- || exit 1", in: &shell)
    shell.feed(folders, to: "xargs -0 sh -c \(Self.removeFolders.shellQuoted) sh || exit 1")
  }

  /// Tries to remove all folders in one call. If some of them are left, it removes those that are links, and reports why an empty folder
  /// stays.
  private static let removeFolders = """
    rmdir -- "$@" 2>/dev/null && exit 0
    for d do
      if [ -L "$d" ]; then rm -f -- "$d" || exit 255; fi
      [ -d "$d" ] || continue
      for e in "$d"/* "$d"/.[!.]* "$d"/..?*; do
        if [ -e "$e" ] || [ -L "$e" ]; then continue 2; fi
      done
      rmdir -- "$d" || exit 255
    done
    """

  /// - Parameter fresh: the runs of those copies whose destinations do not exist yet.
  private mutating func copy(_ copies: [InstallPlan.Copy], _ fresh: [CopyRun]) {
    for run in fresh {
      let folders = "\(run.from.text.shellQuoted) \(run.to.text.shellQuoted)"
      if run.isFlat {
        table.feed(run.paths, below: run.to, to: "copy_flat \(folders) \(run.isLink ? "-P" : "-pP") || exit 1", in: &shell)
      } else {
        // A link is created again instead of copied, so that it belongs to the deploying user.
        let options = run.isLink ? "'-o -m'" : "'' '\(run.stamp?.options ?? "")'"
        table.feed(run.paths, below: run.to, to: "copy_tree \(folders) \(options) || exit 1", in: &shell)
      }
    }
    for run in CopyRun.runs(of: copies, landing: .inPlace) {
      table.feed(
        run.paths, below: run.to, to: "copy_flat \(run.from.text.shellQuoted) \(run.to.text.shellQuoted) -p || exit 1", in: &shell)
    }
    for copy in copies where copy.landing == .throughLink || copy.landing == .insideFolder {
      let from = copy.source.text.shellQuoted
      let to = copy.destination.text.shellQuoted
      if copy.landing == .throughLink {
        shell.line(
          "cat -- \(from) >\(to) && chown -- \"$(stat -c %u:%g -- \(from))\" \(to) && "
            + "chmod -- \"0$(stat -c %a -- \(from))\" \(to) && touch -r \(from) -- \(to) || exit 1")
      } else {
        shell.line(copy.isLink ? "ln -s -- \"$(readlink -- \(from))\" \(to)/ || exit 1" : "cp -p -- \(from) \(to)/ || exit 1")
      }
    }
  }

  /// - Parameter runs: the runs whose copies already have their mode and owner if the host's `tar` can set these.
  private mutating func grant(_ rights: [InstallPlan.Right], stamped runs: [CopyRun]) {
    let stamped = Set(runs.lazy.filter { $0.stamp != nil && !$0.isFlat }.flatMap(\.paths))
    for right in rights {
      let (done, open) = right.split { stamped.contains($0) }
      if let done {
        shell.line("if [ -z \"$stamps\" ]; then")
        grant(done)
        shell.line("fi")
      }
      if let open { grant(open) }
    }
  }

  private mutating func grant(_ right: InstallPlan.Right) {
    switch right {
    case .reachable(let path):
      let quoted = path.text.shellQuoted
      shell.line("[ -e \(quoted) ] || { printf '%s: No such file or directory\\n' \(quoted) >&2; exit 1; }")
    case .mode(let mode, let paths):
      // The mode has five digits, because with fewer digits a folder would keep its set-group-ID bit.
      let octal = String(mode, radix: 8)
      table.feed(paths, to: "xargs -0 chmod -- 0\(String(repeating: "0", count: 4 - octal.count))\(octal) || exit 1", in: &shell)
    case .acl(let acl, let paths):
      // If the ACL has no mask, `-n` leaves each file's mask as it is. That mask is the rights of the file's group.
      let entries = acl.entries.map(\.text).joined(separator: ",").shellQuoted
      table.feed(paths, to: "xargs -0 setfacl -b -- || exit 1", in: &shell)
      table.feed(paths, to: "xargs -0 setfacl -n -m \(entries) -- || exit 1", in: &shell)
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
      table.feed(paths, to: "xargs -0 chown -- \(who.shellQuoted) || exit 1", in: &shell)
    }
  }
}
