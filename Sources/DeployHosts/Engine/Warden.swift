import DeployGround
import DeployModel
import Glibc

/// A small shell that runs next to the engine. If the engine ends for any reason, the shell ends the commands that the engine started. The
/// shell notices the end of the engine because it reads from a connection whose other end only the engine holds. Without the warden, a
/// command could outlive its engine, and change things after another engine has restored them.
final class Warden: Sendable {
  private struct State {
    /// Our end of the connection, or nil if no warden runs.
    var line: Int32?
    /// The process groups that are running, each with the mark of its command.
    var groups: [(group: pid_t, mark: CommandMark)] = []
  }
  private let state = Guarded(State())
  /// The time between TERM and KILL.
  static let grace = Interval.seconds(1)

  /// Makes sure that a process group ends when this process ends. Processes that have the group's mark but have left the group are ended
  /// too. The warden learns about the group before the command begins, so it cannot miss the group.
  /// - Throws: if the warden cannot be started.
  func watch(_ group: pid_t, _ mark: CommandMark) throws(Failure) {
    try state.with { state throws(Failure) in
      state.groups.append((group, mark))
      if let line = state.line, Self.say("+ \(group) \(mark.word)\n", on: line) { return }
      try Self.start(&state)
    }
  }

  /// Records that a group's command has ended. Processes that the command left running on purpose are not ended.
  func leave(_ group: pid_t) {
    state.with { state in
      state.groups.removeAll { $0.group == group }
      if let line = state.line { _ = Self.say("- \(group)\n", on: line) }
    }
  }

  /// Ends the warden. The warden then ends the commands that are still running.
  func close() {
    guard let line = state.with({ $0.line.take() }) else { return }
    Glibc.close(line)
  }

  /// Starts the first warden, or a new one if somebody has ended the previous one.
  private static func start(_ state: inout State) throws(Failure) {
    if let line = state.line.take() { Glibc.close(line) }
    let pair = try Child.pair()
    let null = open("/dev/null", O_WRONLY | O_CLOEXEC)
    defer {
      Glibc.close(pair.theirs)
      if null >= 0 { Glibc.close(null) }
    }
    let child: Child
    do throws(Failure) {
      // The engine might itself be part of a marked command. The warden must not have that mark.
      let environment = Spawn.environment { $0 != CommandMark.variable }
      child = try Child.start(["sh", "-c", program, "lander-warden"], environment: environment, streams: [pair.theirs, null, null])
    } catch {
      Glibc.close(pair.ours)
      throw error
    }
    Task { _ = await child.exit() }
    for (group, mark) in state.groups {
      guard say("+ \(group) \(mark.word)\n", on: pair.ours) else {
        Glibc.close(pair.ours)
        throw Temporary.failure("what ends the engine's commands after it cannot be told of one")
      }
    }
    state.line = pair.ours
  }

  /// Sends a line to the warden. - Returns: false if the warden does not read it.
  private static func say(_ text: String, on line: Int32) -> Bool {
    let bytes = Array(text.utf8)
    while true {
      let count = send(line, bytes, bytes.count, Int32(MSG_NOSIGNAL))
      if count == bytes.count { return true }
      guard count < 0, errno == EINTR || errno == EAGAIN else { return false }
      var poll = pollfd(fd: line, events: Int16(POLLOUT), revents: 0)
      guard Glibc.poll(&poll, 1, 1000) > 0 else { return false }
    }
  }

  /// The warden's program. It ignores signals, because they are meant for the engine, which exits in an orderly way after Ctrl-C.
  private static let program = """
    trap '' INT TERM HUP QUIT
    cd /
    l=
    while read -r w p m; do
      case $w in
        +) l="$l $p=$m" ;;
        -)
          k=
          for q in $l; do [ "${q%%=*}" = "$p" ] || k="$k $q"; done
          l=$k
          ;;
      esac
    done
    [ -n "$l" ] || exit 0
    all() {
      for q in $l; do
        kill -s "$1" -- "-${q%%=*}"
        for f in $(grep -lF "\(CommandMark.variable)=${q#*=}" /proc/[0-9]*/environ); do
          f=${f%/environ}
          kill -s "$1" "${f#/proc/}"
        done
      done
    }
    all TERM
    sleep 1
    all KILL
    all KILL
    """
}
