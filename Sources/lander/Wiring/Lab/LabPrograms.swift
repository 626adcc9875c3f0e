/// Programs that stand in for those that would change this machine or reach another one. They are first in the PATH of a lab's commands.
enum LabPrograms {
  /// The names and texts of the programs.
  static let all: [(name: String, text: String)] =
    ["sudo", "doas"].map { ($0, become) } + ["systemctl", "service", "rc-service", "initctl"].map { ($0, service) }
    + ["journalctl", "loginctl"].map { ($0, silent) } + ["ssh", "scp", "sftp"].map { ($0, away) }

  /// Notes the call.
  private static let call = "#!/bin/sh\n# A stand-in of lander test --lab.\necho \"${0##*/}\" >>\"$LANDER_LAB/calls\"\n"

  private static let silent = call + "exit 0\n"

  /// Runs a command as this user.
  private static let become =
    call + """
      while [ $# -gt 0 ]; do
        case $1 in
          -u | -g | -p | -C | -D | -h | -R | -T | -U | --user | --group) shift; [ $# -gt 0 ] && shift ;;
          --) shift; break ;;
          -*) shift ;;
          [A-Za-z_]*=*) export "$1"; shift ;;
          *) break ;;
        esac
      done
      [ $# -gt 0 ] || exit 0
      exec "$@"

      """

  /// Remembers which units are active, and answers as systemctl does.
  private static let service =
    call + """
      units=$HOME/../units
      mkdir -p "$units" || exit 1
      [ "${0##*/}" = systemctl ] || { [ $# -lt 2 ] || set -- "$2" "$1"; }
      action= code=0
      for word; do
        case $word in
          -*) continue ;;
        esac
        [ -n "$action" ] || { action=$word; continue; }
        unit=$units/$(printf %s "${word%.service}" | tr / _)
        state=inactive
        [ -f "$unit" ] && state=active
        case $action in
          start | restart | reload | reload-or-restart | try-restart) : >"$unit" ;;
          stop | kill) rm -f "$unit" ;;
          is-active | is-failed) echo "$state"; [ "$state" = active ] || code=3 ;;
          is-enabled) echo enabled ;;
          show)
            word=running
            [ "$state" = active ] || word=dead
            printf 'LoadState=loaded\\nActiveState=%s\\nSubState=%s\\nUnitFileState=enabled\\n' "$state" "$word" ;;
          status) printf '%s\\n     Active: %s\\n' "$word" "$state"; [ "$state" = active ] || code=3 ;;
        esac
      done
      exit $code

      """

  /// Refuses to reach another machine.
  private static let away =
    call + """
      echo "${0##*/}: lander test --lab reaches no other machine" >&2
      exit 255

      """
}
