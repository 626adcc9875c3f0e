import ArgumentParser
import DeployModel
import DeployReport
import Glibc
import Synchronization

/// How a command ends, for programs: one object, the last line of `--output ndjson`, all of `--json`, and in the file of `--result`.
enum Ending {
  fileprivate enum Form { case none, lines, document }
  fileprivate struct State {
    var form = Form.none
    var deployments: [Deployment.ID] = []
    var problems: [Problem] = []
    /// Whether the object is on standard output.
    var isWritten = false
    /// The words that name the command.
    var command = ""
    /// The file of `--result`; nil: none is wanted.
    var file: String?
    /// What came of it, as JSON.
    var result: String?
    /// What it said for people.
    var text: [String] = []
    /// What the program exits with; nil while nothing ends it.
    var code: DeployModel.ExitCode?
  }
  private static let state = Mutex(State())

  /// Finds out who reads, before anything can go wrong: what is wrong may be the arguments themselves.
  static func expect(_ arguments: [String]) {
    let words = Array(arguments.prefix { $0 != "--" })
    let own = Elsewhere.rest(of: words)
    let command = Subcommand.named(own)
    var form = Form.none
    if words.contains("--output=ndjson") || zip(words, words.dropFirst()).contains(where: { $0 == "--output" && $1 == "ndjson" }) {
      form = .lines
    } else if words.contains("--json") {
      form = .document
    }
    // The file of this one is of another kind.
    let file = command is AppSpecRunCommand.Type ? nil : Self.file(in: words)
    state.withLock { state in
      state.form = form
      state.file = file
      state.command = Subcommand.path(own).joined(separator: " ")
    }
  }

  private static func file(in words: [String]) -> String? {
    if let joined = words.last(where: { $0.hasPrefix("--result=") }) { return String(joined.dropFirst(9)) }
    return zip(words, words.dropFirst()).reversed().first { $0.0 == "--result" }?.1
  }

  /// Opens the file of `--result`.
  /// - Throws: `Problems` if it cannot be written.
  static func openFile() throws(Problems) {
    guard let file = state.withLock({ $0.file }) else { return }
    try ResultOutput.open(Folder.absolute(file))
  }

  /// Whether standard output has one object and nothing else.
  static var isDocument: Bool { state.withLock { $0.form == .document } }

  /// Remembers what is said for people, where a program reads.
  /// - Returns: whether it has its place in the object, and is not to be printed.
  static func keeps(_ lines: [String]) -> Bool {
    state.withLock { state in
      guard state.form == .document || state.file != nil else { return false }
      if state.text.count < 100_000 { state.text += lines.map(SafeText.plain) }
      return state.form == .document
    }
  }

  /// Remembers what came of it; makes it only where a program reads.
  static func give(_ result: () -> String) {
    guard state.withLock({ $0.form == .document || $0.file != nil }) else { return }
    let text = result()
    state.withLock { $0.result = text }
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
    writeFile(code, error)
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
    writeFile(code, problem)
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

  /// The object on standard output; nil: none is wanted.
  private static func line(_ code: DeployModel.ExitCode, _ error: (any Error)?) -> String? {
    guard isTold(code, error) else { return nil }
    let said = said(error)
    return state.withLock { state -> String? in
      guard state.form != .none, !state.isWritten else { return nil }
      state.isWritten = true
      return state.object(code, said, withResult: state.form == .document)
    }
  }

  private static func writeFile(_ code: DeployModel.ExitCode, _ error: (any Error)?) {
    guard ResultOutput.isOpen, isTold(code, error) else { return }
    let said = said(error)
    if let reason = ResultOutput.write(state.withLock { $0.object(complete(code), said, withResult: true) } + "\n") {
      Terminal.put(Array("the result could not be written: \(reason)\n".utf8), to: STDERR_FILENO)
      if code == .done { Terminal.loses(ENOSPC) }
    }
  }

  /// Help and version were asked for, and are there.
  private static func isTold(_ code: DeployModel.ExitCode, _ error: (any Error)?) -> Bool {
    error == nil || error is ArgumentParser.ExitCode || code != .done
  }

  /// What an error says was wrong; nothing where it only carries an exit code.
  private static func said(_ error: (any Error)?) -> [Problem] {
    error.map { $0 is ArgumentParser.ExitCode ? [] : problems(of: $0) } ?? []
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

extension Ending.State {
  /// The object.
  fileprivate func object(_ code: DeployModel.ExitCode, _ said: [Problem], withResult: Bool) -> String {
    var end = EndLine(code, deployments: deployments, problems: said.isEmpty ? problems : said)
    end.command = command
    if withResult {
      end.result = result
      end.text = text
    }
    return end.line
  }
}
