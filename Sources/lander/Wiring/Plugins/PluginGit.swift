import DeployModel
import Glibc
import Synchronization

/// Runs git for plugins. git then asks no questions, runs no program that the repository specifies, and has a time limit.
enum PluginGit {
  /// The time limit of one call, in seconds.
  private static let timeout = 300
  /// The limit of one call's output, in bytes.
  private static let most = 64 << 20
  /// The largest size of a file, in the unit of `ulimit -f`. It is 64 or 128 MiB, depending on the shell.
  private static let largest = 131_072

  /// Settings that prevent a repository or the environment from making git run a program or ask a question.
  private static let settings = [
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.symlinks=false", "submodule.recurse=false", "fetch.recurseSubmodules=false",
    "gc.auto=0", "maintenance.auto=false", "advice.detachedHead=false",
  ]
  private static let foreign = [
    "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG_PARAMETERS",
    "GIT_CONFIG_COUNT", "GIT_EXTERNAL_DIFF", "GIT_PROXY_COMMAND", "GIT_TEMPLATE_DIR",
  ]

  private static let stops = Atomic<Int>(0)
  private static let running = Atomic<Int>(0)

  struct Ended {
    var status: Int
    var out: [UInt8]
    /// The most important line of git's error output.
    var said: String
    var lines: [Substring] { String(decoding: out, as: UTF8.self).parts(at: "\n") }
  }

  /// - Throws: if git is missing, takes too long or prints too much.
  static func run(_ words: [String], input: [UInt8] = []) throws(Problem) -> Ended {
    if stops.load(ordering: .relaxed) == 0, running.load(ordering: .relaxed) == 0 { EarlyEnd.also { await end() } }
    running.add(1, ordering: .relaxed)
    defer { running.subtract(1, ordering: .relaxed) }
    let options = settings.flatMap { ["-c", $0] }
    let shell = ["sh", "-c", "ulimit -f \(largest); exec git \"$@\"", "git"]
    var child = ChildProcess(argv: ["env"] + foreign.flatMap { ["-u", $0] } + shell + options + words)
    child.variables = [
      ("GIT_TERMINAL_PROMPT", "0"), ("GIT_ASKPASS", "false"), ("SSH_ASKPASS", "false"), ("SSH_ASKPASS_REQUIRE", "never"),
      ("GIT_ALLOW_PROTOCOL", "file:git:http:https:ssh"), ("GIT_LFS_SKIP_SMUDGE", "1"), ("LC_ALL", "C"),
    ]
    if Folder.variable("GIT_SSH_COMMAND") == nil {
      child.variables.append(("GIT_SSH_COMMAND", "ssh -o BatchMode=yes -o ConnectTimeout=20"))
    }
    child.input = input
    child.timeout = timeout
    child.grace = 2
    let large = Atomic<Int>(0)
    child.stops = { stops.load(ordering: .relaxed) + large.load(ordering: .relaxed) }
    var (out, err): ([UInt8], [UInt8]) = ([], [])
    let ended: ChildProcess.Ended
    do {
      ended = try child.run { stream, bytes in
        if stream == 1 { out += bytes } else if err.count < 1 << 16 { err += bytes }
        if out.count > most { large.store(2, ordering: .relaxed) }
      }
    } catch { throw Problem("git could not be started: \(String(cString: strerror(error.code)))", fix: "install git") }
    switch ended {
    case .exited(let status) where status != 127: return Ended(status: status, out: out, said: last(err))
    case .exited: throw Problem("git could not be started: \(last(err))", fix: "install git")
    case .timedOut, .leftOpen: throw Problem("git \(words.first ?? "") took more than \(timeout / 60) minutes, and was stopped")
    case .stopped where large.load(ordering: .relaxed) > 0: throw Problem("git printed over \(most >> 20) MiB and was ended")
    case .stopped: throw Problem("git was ended with this command")
    case .signalled(let number): throw Problem("git was ended by signal \(number): a file of the repository may be too large for a plugin")
    }
  }

  /// Asks the running git process to end, and waits until it has ended.
  private static func end() async {
    stops.add(1, ordering: .relaxed)
    for _ in 0..<200 where running.load(ordering: .relaxed) > 0 { try? await Task.sleep(for: .milliseconds(20)) }
  }

  private static func last(_ bytes: [UInt8]) -> String {
    let lines = String(decoding: bytes, as: UTF8.self).fullLines
    let line = lines.first { $0.hasPrefix("fatal:") || $0.hasPrefix("error:") } ?? lines.last ?? "it said nothing"
    return String(line.prefix(300))
  }
}
