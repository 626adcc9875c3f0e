import DeployModel

/// Checks the links through which a program is about to change something. The check runs on the host, as a part of that program, just
/// before the program acts.
///
/// A link is safe if it belongs to root or to the deploying user (or to the user who became root with sudo), and if nobody else can write
/// to the folders above it. The check and the change are separate steps. So if somebody replaces a folder with a link between these two
/// steps, the link goes unnoticed.
struct LinkWatch {
  /// Whether a foreign link ends the program. If false, such a link is reported and followed.
  let refuses: Bool
  private(set) var program = ShellProgram()

  init(refuses: Bool) { self.refuses = refuses }

  /// The exit status if nothing was touched because a link was refused.
  static let refused = 21
  /// The word after all links that are reported.
  static let end = "end of links"

  /// Which parts of a path are checked.
  enum Part: String {
    /// The folders above the path, and the path itself.
    case whole
    /// Only the folders above the path. This is for paths at which a link is never followed.
    case folders
    /// The folders and the path. Only the owner of each link counts, because links of the previous installation might still exist there.
    case owners
  }

  /// Adds a check of paths. If there are no paths, adds nothing.
  mutating func look(at paths: [HostPath], _ part: Part) {
    program.feed(paths.map(\.text), to: Self.looking(part))
  }

  /// Adds a check of paths in a table that a program has written to the host.
  mutating func look(at paths: [HostPath], _ part: Part, of table: PathTable) {
    table.feed(paths, to: Self.looking(part), in: &program)
  }

  /// Adds a check of the targets of links in the bundle. It is for steps that will set rights on these targets.
  mutating func look(throughLinks links: [(source: HostPath, folder: HostPath)]) {
    program.feed(
      links.flatMap { [$0.source.text, $0.folder.text] },
      to: "xargs -0 -n 200 sh -c \(Self.leading.shellQuoted) sh | \(Self.looking(.owners))")
  }

  /// Adds a check of the paths in a file of the host. Each path is terminated by NUL, and some have a dot in front. If the file does not
  /// exist, nothing is checked.
  mutating func look(inFile file: String, _ part: Part) {
    program.line("[ ! -s \(file) ] || <\(file) \(Self.looking(part))")
  }

  /// The shell code that checks the links, reports them, and ends the program with `refused` if necessary. Empty if there is nothing to
  /// check.
  var shell: ShellProgram {
    guard !program.text.isEmpty else { return program }
    var shell = ShellProgram("links=\(Self.walk.shellQuoted) foreign=")
    shell.add(program)
    shell.line("printf '%s\\0' '\(Self.end)'")
    if refuses { shell.line("[ -z \"$foreign\" ] || exit \(Self.refused)") }
    return shell
  }

  private static func looking(_ part: Part) -> String { "xargs -0 sh -c \"$links\" \(part.rawValue) || foreign=y" }

  /// Prints where links will lead once they are in their folders.
  private static let leading = """
    while [ $# -gt 1 ]; do
      t=$(readlink -- "$1"; echo .)
      t=${t%??}
      case $t in /*) ;; *) t=$2/$t ;; esac
      printf '%s\\0' "$t"
      shift 2
    done
    """

  /// Reports each link that is on one of the paths and that other users can replace. The report has the link, the reason, the user or
  /// group, the folder, and the target. Fails if it has reported a link. A path without links needs no process. A path with links is
  /// followed in the same way as by the kernel, through the target of each link.
  private static let walk = """
    set -f
    u=$(id -u) g=$(id -g) part=$0 told= seen=// last= links=
    mine() { case " 0 $u ${SUDO_UID-} " in *" $1 "*) ;; *) return 1 ;; esac; }
    # FOLDER: sets why others can exchange what is in it; empty: they cannot
    hold() {
      by=$1
      set -- $(ls -ldn -- "$1" 2>/dev/null)
      why=
      mine "${3-0}" || { why=owner; return; }
      case $1 in
        ?????????[tT]*) ;;
        ????????w*) why=all ;;
        ?????w*) case $4 in 0 | "$g") ;; *) why=group ;; esac ;;
      esac
    }
    tell() { # LINK
      case $seen in *"//$1//"*) return ;; esac
      reason=$why
      if [ -z "$why" ] || [ "$part" = owners ]; then
        set -- "$1" $(ls -ldn -- "$1" 2>/dev/null)
        ! mine "${4-0}" || return 0
        reason=link by=$1
      fi
      seen=$seen$1// told=y
      case $reason in all) who= ;; group) who=$(stat -c %G -- "$by") ;; *) who=$(stat -c %U -- "$by") ;; esac
      [ "$who" != UNKNOWN ] || who="the user $(stat -c %u -- "$by")"
      to=$(readlink -f -- "$1" 2>/dev/null; echo .)
      to=${to%.}
      to=${to%?}
      printf '%s\\0' "$1" "$reason" "$who" "$by" "${to:-$text}"
    }
    walk() {
      rest=$1 place= count=0
      hold /
      while [ -n "$rest" ]; do
        case $rest in /*) rest=${rest#/}; continue ;; esac
        name=${rest%%/*}
        case $rest in */*) rest=${rest#*/} ;; *) rest= ;; esac
        case $name in
          .) continue ;;
          ..) rest=${place%/*}/$rest place=; hold /; continue ;;
        esac
        if [ -L "$place/$name" ]; then
          count=$((count + 1))
          [ $count -le 40 ] || return 0
          text=$(readlink -- "$place/$name"; echo .)
          text=${text%??}
          tell "$place/$name"
          case $text in /*) place=; hold / ;; esac
          rest=$text/$rest
        else
          [ -d "$place/$name" ] || return 0
          place=$place/$name
          [ -n "$why" ] || hold "$place"
        fi
      done
    }
    for p do
      p=${p#.}
      folder=${p%/*}
      if [ "$folder" != "$last" ]; then
        last=$folder a=$folder links=
        while [ -n "$a" ]; do
          if [ -L "$a" ]; then links=y; break; fi
          a=${a%/*}
        done
        [ -z "$links" ] || walk "$folder"
      fi
      [ "$part" = folders ] || [ ! -L "$p" ] || walk "$p"
    done
    [ -z "$told" ]
    """
}

extension LinkWatch {
  /// Adds a check of the links on the paths of an installation. If foreign links are refused, all paths of the installation are checked.
  mutating func look(at plan: InstallPlan, _ table: PathTable) {
    look(at: plan.passedLinks, .whole)
    let copies = plan.copies.filter { !plan.takenLinks.contains($0.destination) }
    if refuses {
      let changed = plan.removals.map(\.path) + plan.folders + plan.copies.map(\.destination)
      look(at: Set(changed.map(\.parent)).filter { isOpen($0, plan) }.sorted(), .whole)
      look(at: copies.filter { isOpen($0.destination.parent, plan) }.map(\.destination), .whole, of: table)
    }
    let rights = Set(plan.rights.compactMap { if case .reachable(let link) = $0 { link } else { nil } })
    guard !rights.isEmpty else { return }
    look(throughLinks: plan.copies.filter { rights.contains($0.destination) }.map { ($0.source, $0.destination.parent) })
  }

  /// Returns whether no link on the path of a folder is one that the installation removes first.
  private func isOpen(_ folder: HostPath, _ plan: InstallPlan) -> Bool {
    plan.takenLinks.isEmpty || !(folder.ancestors + [folder]).contains(where: plan.takenLinks.contains)
  }
}
