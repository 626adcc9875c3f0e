import DeployModel

extension HostState {
  /// Defines the command `$look`, which finds out what exists on a host. The paths come after the command. With `depth=0`, it looks at the
  /// paths themselves. With `depth=1`, the paths are folders, and it looks at their entries.
  static let head = ShellProgram(
    """
    LC_ALL=C; export LC_ALL
    case $(find --version 2>/dev/null) in *GNU*) gnu=y;; *) gnu=;; esac
    look=\(look.shellQuoted) tell=\(tell.shellQuoted)
    export look tell
    """)

  /// GNU's find reports thousands of paths in one call, whereas a shell would test each path separately. Only links are left to the shell.
  /// find writes its output before it starts the shell, so no record is split.
  private static let look = """
    if [ "$depth" = 0 ]; then h=-P; else h=-H; printf 'F%s\\0' "$@"; fi
    set -- $h "$@" -mindepth $depth -maxdepth $depth
    if [ -n "$0" ]; then
      find "$@" '(' -type l -exec sh -c "$tell" sh {} + -o -type d -empty -printf 'e%p\\0' -o -type d -printf 'd%p\\0' \\
        -o -printf 'f%p\\0' ')'
    else
      find "$@" -print0 | xargs -0 sh -c "$tell" sh
    fi 2>/dev/null
    """
  private static let tell = """
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
}

/// The question that is asked before there is a plan. It asks what exists at the paths of the previous installation, and which accounts the
/// host has. If the next installation uses the same folders, its planner has nothing more to ask.
extension HostState {
  /// - Parameter list: the file with the previous installation's clean-up list.
  static func lookingAhead(by list: HostPath) -> ShellProgram {
    let file = list.text.shellQuoted
    var program = head
    program.line("[ ! -e \(file) ] || tr '\\n' '\\000' <\(file) | xargs -0 sh -c \(followList.shellQuoted) \"$gnu\"")
    let names = "sed 's/:.*//;s/^/y/;\(accounts)q' 2>/dev/null"
    program.line("{ echo passwd; \(names) </etc/passwd; echo group; \(names) </etc/group; echo \(endOfLook); } | tr '\\n' '\\000'")
    return program
  }

  /// The word after everything that this question reports.
  static let endOfLook = "end"
  /// The largest number of accounts that are reported. The planner has to ask about any other name.
  private static let accounts = 1000

  /// Looks at the uppermost paths of the list and at all folders above them, one by one, and at the contents of each folder on the list. In
  /// a list that this engine wrote, folders come before everything else.
  private static let followList = """
    eval "tell() { $tell; }"
    n='
    ' top=' ' above=' ' folders= end=
    for l do
      case $l in
      "$top"/*) ;;
      /*)
        top=$l a=${l%/*}
        if [ "$a" != "$above" ]; then
          above=$a
          while [ -n "$a" ]; do tell "$a"; a=${a%/*}; done
        fi
        tell "$l" ;;
      *) continue ;;
      esac
      if [ "$end" ] || [ ! -d "$l" ]; then end=y; elif [ ! -L "$l" ]; then folders=$folders$l$n; fi
    done
    [ -z "$folders" ] || printf %s "$folders" | tr '\\n' '\\000' | depth=1 xargs -0 sh -c "$look" "$0"
    """

  /// Returns whether the state says what is at a path. If the folder's state shows that nothing can be there, the path is known too.
  func knows(_ path: HostPath, in folder: HostPath) -> Bool {
    if kinds[path] != nil || entries[folder] != nil { return true }
    let above = kind(of: folder)
    return folder != .top && (above == .absent || above == .file)
  }
}
