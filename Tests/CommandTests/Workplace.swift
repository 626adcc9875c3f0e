import Foundation
import Testing

/// The built command, and a new project folder in the system's temporary folder, which is removed together with this object.
final class Workplace: Sendable {
  /// The result of a run of the command.
  struct Run: Sendable {
    var out: String
    var err: String
    var code: Int32
    var everything: String { err + out }
    var outLines: [String] {
      out.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
    }
  }

  let folder: URL

  /// - Parameter files: the contents by path, with `deploy.lua` if the test needs one.
  init(_ files: [String: String] = [:]) throws {
    folder = FileManager.default.temporaryDirectory.appending(
      path: "lander-command-\(UUID().uuidString.prefix(8))")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for (path, text) in files { try write(text, to: path) }
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  var path: String { folder.path(percentEncoded: false) }

  func write(_ text: String, to path: String, mode: Int = 0o644) throws {
    let file = folder.appending(path: path)
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: file)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file.path)
  }

  func text(_ path: String) throws -> String {
    try String(contentsOf: folder.appending(path: path), encoding: .utf8)
  }
  func exists(_ path: String) -> Bool {
    FileManager.default.fileExists(atPath: folder.appending(path: path).path)
  }

  /// Runs `lander` with these arguments in the folder and waits for its end.
  func lander(_ words: String..., environment: [String: String] = [:]) throws -> Run {
    try run(words, environment)
  }

  func run(_ words: [String], _ environment: [String: String] = [:]) throws -> Run {
    let running = try start(words, environment)
    let code = running.wait()
    return Run(out: running.said(running.out), err: running.said(running.err), code: code)
  }

  /// Runs `lander` as a user with limited permissions: as `nobody` if the test runs as root.
  func unprivileged(_ words: String...) throws -> Run {
    guard geteuid() == 0 else { return try run(words) }
    for path in [path, path + "/app"] { chown(path, 65534, 65534) }
    let running = try start(words, through: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"])
    let code = running.wait()
    return Run(out: running.said(running.out), err: running.said(running.err), code: code)
  }

  /// A command that was started. Its output is in files.
  struct Running {
    let process: pid_t
    let out: String
    let err: String

    func said(_ file: String) -> String { (try? String(contentsOfFile: file, encoding: .utf8)) ?? "" }
    var everything: String { said(err) + said(out) }
    func send(_ signal: Int32) { kill(process, signal) }

    /// Waits for the end of the command and returns its exit code, or 128 plus the number of the signal that ended it. Kills the command
    /// after three minutes.
    func wait() -> Int32 {
      var status: Int32 = 0
      let deadline = Date().addingTimeInterval(180)
      while waitpid(process, &status, WNOHANG) == 0 {
        if Date() > deadline {
          Issue.record("it did not end: \(everything)")
          kill(process, SIGKILL)
          waitpid(process, &status, 0)
          break
        }
        usleep(10_000)
      }
      return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + (status & 0x7F)
    }
  }

  /// Starts `lander` and returns at once.
  /// - Parameters:
  ///   - through: the command line of a program that starts `lander`.
  ///   - pending: a signal that is sent before the command begins, and that the command receives as soon as it handles signals.
  func start(
    _ words: [String], _ environment: [String: String] = [:], through: [String] = [], pending: Int32? = nil
  ) throws -> Running {
    let name = UUID().uuidString.prefix(8)
    let (out, err) = (path + "/.out-\(name)", path + "/.err-\(name)")
    var all = ProcessInfo.processInfo.environment.filter { ["PATH", "HOME", "USER", "TMPDIR", "LANG"].contains($0.key) }
    all["TZ"] = "UTC"
    for (name, value) in environment { all[name] = value }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT, 0o600)
    // A shell changes to the folder and then replaces itself with the command.
    var argv =
      (["sh", "-c", "cd \"$0\" && exec \"$@\"", path] + through + [try Workplace.binary().path] + words).map { strdup($0) } + [nil]
    var variables = all.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argv + variables { free(pointer) } }
    var process: pid_t = 0
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    if let pending {
      var blocked = sigset_t()
      sigemptyset(&blocked)
      sigaddset(&blocked, pending)
      posix_spawnattr_setsigmask(&attributes, &blocked)
      posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    }
    let code = posix_spawn(&process, "/bin/sh", &actions, &attributes, &argv, &variables)
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EINVAL) }
    if let pending { kill(process, pending) }
    return Running(process: process, out: out, err: err)
  }

  /// Returns the path of the command, which is beside the test bundle.
  static func binary() throws -> URL {
    let candidates =
      CommandLine.arguments.filter { $0.contains("/") } + [
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
      ]
    for candidate in candidates {
      var folder = URL(fileURLWithPath: candidate).deletingLastPathComponent()
      while folder.path.count > 1 {
        let binary = folder.appending(path: "lander")
        var isFolder: ObjCBool = false
        if FileManager.default.isExecutableFile(atPath: binary.path),
          FileManager.default.fileExists(atPath: binary.path, isDirectory: &isFolder),
          !isFolder.boolValue
        {
          return binary
        }
        folder.deleteLastPathComponent()
      }
    }
    throw CocoaError(
      .fileNoSuchFile, userInfo: [NSFilePathErrorKey: "lander, beside \(candidates)"])
  }

  /// The root folder of the checkout from which this test was built.
  static var checkout: URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
  }
}

/// Compares two texts line by line, so that a failure shows the lines that differ.
func expectText(
  _ text: String, _ expected: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let (found, wanted) = (
    text.split(separator: "\n", omittingEmptySubsequences: false),
    expected.split(separator: "\n", omittingEmptySubsequences: false)
  )
  for index in 0..<max(found.count, wanted.count)
  where index >= found.count || index >= wanted.count || found[index] != wanted[index] {
    let line = index < found.count ? "\"\(found[index])\"" : "nothing"
    let want = index < wanted.count ? "\"\(wanted[index])\"" : "nothing"
    Issue.record(
      "line \(index + 1) is \(line), should be \(want); all of it:\n\(text)",
      sourceLocation: sourceLocation)
    return
  }
}
