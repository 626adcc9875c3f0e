import DeployAppSpec
import Glibc

/// This machine as the host of a deployment. Programs and scripts are child processes of this command.
struct LocalAppSpecHost: AppSpecHost {
  /// Called with each line that a person should see.
  var tell: @Sendable (String) -> Void

  func run(_ program: ShellProgram) async throws -> ShellResult {
    var result = ShellResult(status: 0)
    // The program is passed through standard input, whose length is not limited. The programs that it runs get an empty standard input.
    let child = ChildProcess(argv: ["sh", "-c", "p=$(cat) && eval \"$p\" </dev/null"], input: Array(program.whole.utf8))
    let ended = try child.run { stream, bytes in
      if stream == 1 { result.stdout += bytes } else { result.stderr += bytes }
    }
    result.status =
      switch ended {
      case .exited(let status): status
      case .signalled(let signal): 128 + signal
      case .timedOut, .leftOpen, .stopped: 124
      }
    return result
  }

  func run(_ hook: Hook, output: @escaping @Sendable (HookOutput) -> Void) async -> HookEnd {
    guard access(hook.path.text, F_OK) == 0 else { return .missing }
    guard access(hook.path.text, X_OK) == 0 || Self.makeExecutable(hook.path.text) else { return .notExecutable }
    // A shell starts the script, because a shell can also run files without `#!`.
    let child = ChildProcess(
      argv: ["sh", "-c", "exec \"$0\" \"$@\""] + hook.argv, variables: hook.variables, timeout: hook.timeout, grace: hook.grace,
      stops: { Stop.signals })
    var lines = [1: LineCutter(), 2: LineCutter()]
    do {
      let ended = try child.run { number, bytes in
        let stream: HookOutput.Stream = number == 1 ? .stdout : .stderr
        for line in lines[number]?.cut(bytes) ?? [] { output(HookOutput(stream, line)) }
      }
      switch ended {
      case .exited(let status): return .exited(status)
      case .signalled(let signal): return .signalled(signal)
      case .timedOut: return .timedOut
      case .stopped: return .stopped
      case .leftOpen(let number): return .leftOpen(number == 1 ? .stdout : .stderr)
      }
    } catch {
      return .notStarted(String(cString: strerror(error.code)))
    }
  }

  func log(_ entry: ScriptsLogEntry, to file: HostPath) {
    mkdir(file.parent.text, 0o755)
    let descriptor = open(file.text, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return }
    defer { close(descriptor) }
    let line = Array((Self.now + " ").utf8) + entry.bytes
    _ = line.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
  }

  func say(_ line: String) { tell(line) }

  var stopped: String? {
    Stop.signal.map { $0 == SIGTERM ? "terminated" : $0 == SIGHUP ? "stopped because the terminal was closed" : "stopped by Ctrl-C" }
  }

  private static func makeExecutable(_ path: String) -> Bool {
    var found = stat()
    return stat(path, &found) == 0 && chmod(path, found.st_mode & 0o7777 | 0o111) == 0
  }

  /// The local time, such as `2026-01-31 23:59:59`.
  private static var now: String {
    var seconds = time(nil)
    var parts = tm()
    localtime_r(&seconds, &parts)
    var text = [CChar](repeating: 0, count: 32)
    strftime(&text, text.count, "%Y-%m-%d %H:%M:%S", &parts)
    return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
