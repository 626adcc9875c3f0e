/// Programs that stand in for those that would change this machine or reach another one. They come first in the PATH of a lab's commands.
/// If a stand-in does not know an option or an action, it fails with a message about it, because a success would hide what the real program
/// does.
struct LabPrograms {
  /// The lab's private folder. Its path has only characters without a special meaning in a shell.
  let folder: String

  /// The names of the programs that are replaced.
  static let names = kinds.flatMap(\.names)
  /// The name of a program that no machine has. If it answers, the stand-ins are found and can run.
  static let probe = "lander-lab-answers"

  private static let kinds: [(names: [String], body: String)] = [
    (["sudo", "doas"], become), (["systemctl", "service", "rc-service", "initctl"], service), (["journalctl"], "exit 0\n"),
    (["loginctl"], session), (["ssh", "scp", "sftp"], away), (["reboot", "shutdown", "poweroff", "halt"], end),
  ]

  /// The names and texts of all programs of the lab.
  var all: [(name: String, text: String)] {
    Self.kinds.flatMap { kind in kind.names.map { ($0, head + kind.body) } } + [(Self.probe, "#!/bin/sh\necho yes\n")]
  }

  /// A command line that exits with 0 if every stand-in comes first in PATH and can run. Otherwise, it prints the reason.
  var question: String {
    """
    for name in \(Self.names.joined(separator: " ")); do
      found=$(command -v "$name")
      [ "$found" = "\(folder)/bin/$name" ] || { echo "$name would be $found" >&2; exit 1; }
    done
    [ "$(\(Self.probe))" = yes ]
    """
  }

  /// Notes the call.
  private var head: String {
    """
    #!/bin/sh
    # A stand-in of lander test --lab.
    lab=\(folder)
    name=${0##*/}
    echo "$name" >>"$lab/calls"
    refuse() {
      echo "$name: lander test --lab stands in for this program, and does not know $*" >&2
      exit 1
    }

    """
  }

  /// Runs a command as this user.
  private static let become = #"""
    shell= home= behind= idle=
    while [ $# -gt 0 ]; do
      case $1 in
        --) shift; break ;;
        --user | --group | --prompt | --close-from | --role | --type)
          [ $# -gt 1 ] || refuse "$1 without a value"
          shift 2 ;;
        --user=* | --group=* | --prompt=* | --close-from=* | --role=* | --type=*) shift ;;
        --chdir=*) cd "${1#*=}" || exit 1; shift ;;
        --login) shell=1 home=1; shift ;;
        --shell) shell=1; shift ;;
        --background) behind=1; shift ;;
        --reset-timestamp | --remove-timestamp | --validate) idle=1; shift ;;
        --non-interactive | --preserve-env | --preserve-env=* | --preserve-groups | --set-home | --stdin | --askpass | --bell | --no-update)
          shift ;;
        --*) refuse "the option $1" ;;
        -?*)
          letters=${1#-}
          shift
          while [ -n "$letters" ]; do
            rest=${letters#?}
            letter=${letters%"$rest"}
            letters=$rest
            case $letter in
              u | g | p | C | r | t | a | D)
                [ -n "$letters" ] || { [ $# -gt 0 ] || refuse "-$letter without a value"; letters=$1; shift; }
                [ "$letter" != D ] || cd "$letters" || exit 1
                letters= ;;
              s) shell=1 ;;
              i) shell=1 home=1 ;;
              b) behind=1 ;;
              k | K | v | L) idle=1 ;;
              A | B | E | H | N | n | P | S) ;;
              *) refuse "the option -$letter" ;;
            esac
          done ;;
        [A-Za-z_]*=*)
          variable=${1%%=*}
          case $variable in *[!A-Za-z0-9_]*) break ;; esac
          # The stand-ins stay first in every PATH.
          [ "$variable" != PATH ] || set -- "PATH=$lab/bin:${1#PATH=}" "$@"
          export "$1"
          [ "$variable" != PATH ] || shift
          shift ;;
        *) break ;;
      esac
    done
    [ -z "$home" ] || cd "${HOME:-/}" || exit 1
    if [ $# -eq 0 ]; then
      [ -z "$shell" ] || exec sh
      [ -n "$idle" ] || refuse "a call without a command"
      exit 0
    fi
    case ${1%/*} in
      /bin | /sbin | /usr/bin | /usr/sbin | /usr/local/bin | /usr/local/sbin)
        program=$lab/bin/${1##*/}
        if [ -x "$program" ]; then shift; set -- "$program" "$@"; fi ;;
    esac
    [ -z "$shell" ] || set -- sh -c '"$@"' sh "$@"
    [ -z "$behind" ] || { "$@" & exit 0; }
    exec "$@"

    """#

  /// Remembers which units are active and disabled, on each host and on the engine's machine, and answers as systemctl does.
  private static let service = #"""
    units=$lab/here/units
    for place in "${HOME-}" "$PWD" "${TMPDIR-}"; do
      case $place in
        "$lab"/hosts/*) place=${place#"$lab"/hosts/}; units=$lab/hosts/${place%%/*}/units; break ;;
      esac
    done
    mkdir -p "$units" || exit 1
    want= quiet= now= bare= shown= signal=TERM
    for word; do
      shift
      case $want in
        p) shown="$shown $word" want=; continue ;;
        s) signal=$word want=; continue ;;
        x) want=; continue ;;
      esac
      case $word in
        --version) echo "systemd 255 (lander test --lab)"; exit 0 ;;
        -q | --quiet) quiet=1 ;;
        --now) now=1 ;;
        --value) bare=1 ;;
        -p | --property) want=p ;;
        --property=*) shown="$shown ${word#*=}" ;;
        -p*) shown="$shown ${word#-p}" ;;
        -s | --signal) want=s ;;
        --signal=*) signal=${word#*=} ;;
        -n | -o | --lines | --output | --kill-who | --kill-whom | --job-mode) want=x ;;
        --lines=* | --output=* | --kill-who=* | --kill-whom=* | --job-mode=*) ;;
        --no-block | --no-pager | --no-ask-password | --no-legend | --no-reload | --no-wall | --wait | --user | --system | --global) ;;
        -a | -f | -l | --all | --force | --full | --plain | --runtime) ;;
        -*) refuse "the option $word" ;;
        *) set -- "$@" "$word" ;;
      esac
    done
    case $name in
      service | rc-service) [ $# -lt 2 ] || set -- "$2" "$1" ;;
    esac
    [ $# -gt 0 ] || refuse "a call without an action"
    action=$1
    shift
    case $action in
      daemon-reload | daemon-reexec | reset-failed | reload-configuration) exit 0 ;;
      set-environment | unset-environment | import-environment) exit 0 ;;
      is-system-running) echo running; exit 0 ;;
    esac
    [ $# -gt 0 ] || refuse "$action without a unit"
    say() { [ -n "$quiet" ] || echo "$1"; }
    set_state() {
      state=$1
      echo "$1" >"$unit" || code=1
    }
    # A unit that the recipe neither started nor stopped may have run on a real host before.
    assume() {
      [ ! -f "$unit" ] || return 0
      echo "$full" >>"$lab/assumed"
      set_state active
    }
    properties() {
      for property in $(printf %s "${shown:-Id LoadState ActiveState SubState UnitFileState MainPID Result}" | tr , ' '); do
        case $property in
          Id | Names) found=$full ;;
          LoadState) found=loaded ;;
          ActiveState) found=$state ;;
          SubState) found=$sub ;;
          UnitFileState) found=$enabled ;;
          Result) found=success ;;
          MainPID | ExecMainPID | ExecMainStatus | NRestarts) found=0 ;;
          *) refuse "the property $property" ;;
        esac
        [ -n "$bare" ] || found=$property=$found
        echo "$found"
      done
    }
    code=0 any= first=1
    for word; do
      case $word in
        *[*?[]*) refuse "patterns such as $word" ;;
        *.service | *.socket | *.timer | *.target | *.mount | *.path | *.slice | *.scope) full=$word ;;
        *) full=$word.service ;;
      esac
      unit=$(printf %s "$full" | tr / _)
      off=$units/.off.$unit unit=$units/$unit
      state=inactive sub=dead enabled=enabled
      [ ! -f "$unit" ] || state=$(cat "$unit")
      [ "$state" != active ] || sub=running
      [ ! -f "$off" ] || enabled=$(cat "$off")
      case $action in
        start | restart | reload-or-restart) set_state active ;;
        stop) set_state inactive ;;
        kill)
          assume
          [ "$state" = active ] || { echo "$full is not active." >&2; code=1; }
          case ${signal#SIG} in
            HUP | USR1 | USR2 | WINCH | CONT | 0) ;;
            *) set_state inactive ;;
          esac ;;
        reload)
          assume
          [ "$state" = active ] || { echo "$full is not active, cannot reload." >&2; code=1; } ;;
        try-restart | condrestart | try-reload-or-restart | reload-or-try-restart | force-reload) ;;
        enable | reenable | unmask)
          rm -f "$off"
          [ -z "$now" ] || set_state active ;;
        disable | mask)
          [ "$action" = mask ] && echo masked >"$off" || echo disabled >"$off"
          [ -z "$now" ] || set_state inactive ;;
        is-active) say "$state"; [ "$state" != active ] || any=1 ;;
        is-failed) say "$state" ;;
        is-enabled) say "$enabled"; [ "$enabled" != enabled ] || any=1 ;;
        show)
          [ -n "$first" ] || echo
          properties || exit 1 ;;
        status) printf '%s\n     Active: %s\n' "$full" "$state"; [ "$state" = active ] || code=3 ;;
        *) refuse "the action $action" ;;
      esac
      first=
    done
    case $action in
      is-active) [ -n "$any" ] || code=3 ;;
      is-enabled) [ -n "$any" ] || code=1 ;;
      is-failed) code=1 ;;
    esac
    exit $code

    """#

  /// Accepts the settings that let a user's services keep running without a login, and changes nothing.
  private static let session = #"""
    case ${1-} in
      enable-linger | disable-linger) exit 0 ;;
    esac
    refuse "the action ${1-}"

    """#

  /// Refuses to reach another machine.
  private static let away = #"""
    echo "$name: lander test --lab reaches no other machine" >&2
    exit 255

    """#

  /// Refuses to shut this machine down.
  private static let end = #"""
    echo "$name: lander test --lab does not end this machine" >&2
    exit 1

    """#
}
