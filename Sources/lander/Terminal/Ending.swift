import ArgumentParser
import DeployModel
import DeployReport
import Glibc
import Synchronization

/// The last line of standard output if a program reads it. With `--output ndjson` it always comes; with `--json` only if the
/// document itself could not be made.
enum Ending {
  private enum Form { case none, lines, document }
  private struct State {
    var form = Form.none
    var deployments: [Deployment.ID] = []
    var problems: [Problem] = []
    /// Whether the last line, or a document that leaves no place for it, is written.
    var isWritten = false
    /// What the program exits with; nil while nothing ends it.
    var code: DeployModel.ExitCode?
  }
  private static let state = Mutex(State())

  /// Finds out who reads, before anything can go wrong: what is wrong may be the arguments themselves.
  static func expect(_ arguments: [String]) {
    let words = arguments.prefix { $0 != "--" }
    var form = Form.none
    if words.contains("--output=ndjson") || zip(words, words.dropFirst()).contains(where: { $0 == "--output" && $1 == "ndjson" }) {
      form = .lines
    } else if words.contains("--json"), OptionNames.names(of: Subcommand.named(Elsewhere.rest(of: arguments))).contains("json") {
      // Elsewhere it may be a recipe's parameter.
      form = .document
    }
    state.withLock { $0.form = form }
  }

  /// Whether every line of standard output belongs to a program.
  static var isLines: Bool { state.withLock { $0.form == .lines } }

  /// The deployments that the command was about, and why they ended as they did.
  static func note(_ deployments: [Deployment.ID], _ problems: [Problem] = []) {
    state.withLock {
      $0.deployments = deployments
      $0.problems = problems
    }
  }

  /// A document is being written: there is no place for another object on standard output any more.
  static func beginsResult() { state.withLock { if $0.form == .document { $0.isWritten = true } } }

  /// Decides with which code the program exits; whoever comes first does.
  /// - Returns: whether this was the first.
  static func claim(_ code: DeployModel.ExitCode) -> Bool {
    state.withLock { state in
      guard state.code == nil else { return false }
      state.code = code
      return true
    }
  }

  /// Whether a signal decided how the command ends: what else is written then would only confuse.
  static var isClaimed: Bool { state.withLock { $0.code != nil } }

  /// The end of a command that nothing else ends: the last line, if a program reads, and the exit.
  static func leave(_ code: DeployModel.ExitCode, _ error: (any Error)? = nil) -> Never {
    guard claim(code) else { EarlyEnd.wait() }
    let text = line(code, error)
    if fflush(nil) != 0 { Terminal.loses(errno) }
    Terminal.withOutput {
      if let text { Terminal.put(Array((text + "\n").utf8), to: STDOUT_FILENO) }
      exit(complete(code).rawValue)
    }
    exit(complete(code).rawValue)
  }

  /// A command whose result could not be written has not succeeded for whoever reads it; one that failed keeps its own code.
  private static func complete(_ code: DeployModel.ExitCode) -> DeployModel.ExitCode {
    guard let reason = Terminal.lostOutput else { return code }
    let lines = "standard output could not be written: \(reason)\n  → what was done is done; ask again where there is room: lander status\n"
    Terminal.put(Array(lines.utf8), to: STDERR_FILENO)
    return code == .done ? .infrastructure : code
  }

  /// The end that a signal asked for, which is claimed already. A reader that does not take what was written before gets no last line.
  static func leave(after problem: Problem) -> Never {
    let code = state.withLock { $0.code } ?? .interrupted
    if let text = line(code, problem) {
      fflush(nil)
      for _ in 0..<100 {
        Terminal.tryOutput {
          Terminal.put(Array((text + "\n").utf8), to: STDOUT_FILENO)
          _exit(code.rawValue)
        }
        usleep(20_000)
      }
    }
    _exit(code.rawValue)
  }

  /// Leaves though the last line is not written yet: somebody asks for the second time.
  static func leaveSoon() -> Never {
    sleep(1)
    _exit((state.withLock { $0.code } ?? .interrupted).rawValue)
  }

  /// The last line; nil: none is wanted.
  private static func line(_ code: DeployModel.ExitCode, _ error: (any Error)?) -> String? {
    let isOwn = error is ArgumentParser.ExitCode
    // Help and version were asked for, and are there.
    if error != nil, !isOwn, code == .done { return nil }
    let said = error.map { isOwn ? [] : problems(of: $0) } ?? []
    return state.withLock { state -> String? in
      let isWanted = state.form == .lines || state.form == .document && error != nil && !isOwn
      guard isWanted, !state.isWritten else { return nil }
      state.isWritten = true
      return EndLine(code, deployments: state.deployments, problems: said.isEmpty ? state.problems : said).text
    }
  }

  private static func problems(of error: any Error) -> [Problem] {
    switch error {
    case let problems as Problems: problems.list
    case let problem as Problem: [problem]
    case let failure as Failure: [failure.problem()]
    case let error as ScriptError:
      [Problem(error.failure.message, place: error.place, subject: error.host, fix: error.failure.fix)]
    case let error where Lander.exitCode(for: error) == .validationFailure: [Problem(Lander.message(for: error))]
    default: [Problem("lander has a defect: \(error)", fix: "please report it with the command and `lander doctor`")]
    }
  }
}
