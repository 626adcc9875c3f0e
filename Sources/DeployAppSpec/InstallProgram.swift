/// Carries a plan out: one shell program, a batch a kind of step.
package struct InstallProgram: Sendable {
  package private(set) var shell = ShellProgram()
  private var table = PathTable([])

  /// Exit status where what is replaced could not be kept, and nothing was touched.
  package static let nothingTouched = 20

  /// - Parameters:
  ///   - keeping: keeps what is replaced or removed; nil: it is lost.
  ///   - list: the file that says what the next installation has to remove; written before anything is made.
  ///   - record: the file that tells people what was done.
  ///   - work: a folder of the deployment for the program's own use.
  package init(_ plan: InstallPlan, keeping: Keeping?, list: HostPath, record: HostPath, work: HostPath) {
    table = Self.table(of: plan)
    shell.line(Self.head)
    shell.line("w=\(work.text.shellQuoted) t=$w/paths\ntrap 'rm -f -- \"$t\"' EXIT\n\(PathTable.names)\n(")
    table.write(in: &shell)
    keeping?.add(plan, table, to: &shell)
    shell.line(") || {")
    if let keeping { shell.add(keeping.forgetting) }
    shell.line("exit \(Self.nothingTouched); }")
    let runs = CopyRun.runs(of: plan.copies)
    // What people read is written down beside the rest; the pipe between them carries nothing and makes the shell wait for both.
    shell.line("{ (")
    shell.add(InstallRecord(plan, runs, table, file: record).program)
    shell.line(") || : >\"$w/record-failed\"; } | {")
    remove(plan.removals)
    shell.line("rm -f -- \(list.text.shellQuoted) || exit 1")
    write(plan, to: list)
    shell.feed(plan.folders.map(\.text), to: "xargs -0 mkdir -- || exit 1")
    copy(plan.copies, runs)
    for right in plan.rights { grant(right) }
    shell.line("} && [ ! -e \"$w/record-failed\" ] || exit 1")
  }

  /// Removes what a list names and the list itself, and makes nothing: what is left to do where no plan could be made.
  package init(removing removals: [InstallPlan.Removal], list: HostPath) {
    shell.line(Self.head)
    remove(removals)
    shell.line("rm -f -- \(list.text.shellQuoted) || exit 1")
  }

  private static func table(of plan: InstallPlan) -> PathTable {
    var old = (files: Set<HostPath>(), folders: Set<HostPath>())
    for removal in plan.removals {
      switch removal {
      case .file(let path): old.files.insert(path)
      case .folder(let path): old.folders.insert(path)
      case .label: continue
      }
    }
    let new = Set(plan.copies.map(\.destination))
    return PathTable([
      old.folders.union(plan.folders).sorted(), old.files.intersection(new).sorted(), new.subtracting(old.files).sorted(),
      old.files.subtracting(new).sorted(),
    ])
  }

  /// Files stand behind folders, so that the next installation, which goes through the list from its end, empties folders first.
  private mutating func write(_ plan: InstallPlan, to list: HostPath) {
    let temporary = (list.text + ".new").shellQuoted
    let made = Set(plan.folders)
    let folders = plan.cleanup.lines.filter { made.contains($0.path) }
    let others = plan.cleanup.lines.filter { !made.contains($0.path) }
    let (plain, odd) = (others.filter(CleanupList.isPlain), others.filter { !CleanupList.isPlain($0) })
    // Above an odd folder may be a plain one and the other way round: their order is that of the plan.
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
    var files: [HostPath] = []
    var folders: [String] = []
    for removal in removals {
      switch removal {
      case .file(let path): files.append(path)
      case .folder(let path): folders.append(path.text)
      case .label(let path): shell.line("semanage fcontext -d \(path.text.shellQuoted) || :")
      }
    }
    table.feed(files, to: "xargs -0 rm -f -- || exit 1", in: &shell)
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

  /// - Parameter runs: of all of them.
  private mutating func copy(_ copies: [InstallPlan.Copy], _ runs: [CopyRun]) {
    for run in copies.allSatisfy({ $0.landing == .fresh }) ? runs : CopyRun.runs(of: copies, landing: .fresh) {
      let folders = "\(run.from.text.shellQuoted) \(run.to.text.shellQuoted)"
      if run.isFlat {
        table.feed(run.paths, below: run.to, to: "copy_flat \(folders) \(run.isLink ? "-P" : "-pP") || exit 1", in: &shell)
      } else {
        // A link is made anew, so that its owner is who deploys.
        table.feed(run.paths, below: run.to, to: "copy_tree \(folders) \(run.isLink ? "'-o -m'" : "''") || exit 1", in: &shell)
      }
    }
    for run in CopyRun.runs(of: copies, landing: .inPlace) {
      table.feed(
        run.paths, below: run.to, to: "copy_flat \(run.from.text.shellQuoted) \(run.to.text.shellQuoted) -p || exit 1", in: &shell)
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

  private mutating func grant(_ right: InstallPlan.Right) {
    switch right {
    case .reachable(let path):
      let quoted = path.text.shellQuoted
      shell.line("[ -e \(quoted) ] || { printf '%s: No such file or directory\\n' \(quoted) >&2; exit 1; }")
    case .mode(let mode, let paths):
      // Five digits: with fewer, a folder would keep its set-group-ID bit.
      let octal = String(mode, radix: 8)
      table.feed(paths, to: "xargs -0 chmod -- 0\(String(repeating: "0", count: 4 - octal.count))\(octal) || exit 1", in: &shell)
    case .acl(let acl, let paths):
      // -n: where no mask is given, each file's is what its group may.
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
