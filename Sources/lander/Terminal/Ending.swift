import ArgumentParser
import DeployModel
import DeployReport
import Glibc
import Synchronization

/// The JSON object that tells programs how a command ended. It is the last line of `--output ndjson`, the whole output of `--json`, and the
/// content of the file of `--result`.
enum Ending {
  fileprivate enum Form { case none, lines, document }
  fileprivate struct State {
    var form = Form.none
    /// Whether `--json` was given, even if another form was requested too.
    var isJSONAsked = false
    var deployments: [Deployment.ID] = []
    var problems: [Problem] = []
    var warnings: [Problem] = []
    /// Whether the first deployment has begun but its result is not known yet.
    var isUnderWay = false
    /// Whether the object has been written to standard output.
    var isWritten = false
    /// The words that are the command's name.
    var command = ""
    /// The requested files.
    var files: [(file: EndFile, path: String)] = []
    /// All files that options name.
    var named: [NamedFile] = []
    /// The command's result, as JSON.
    var result: String?
    /// The command's output for people.
    var text: [String] = []
    /// The program's exit code, or nil as long as nothing has ended the program.
    var code: DeployModel.ExitCode?
  }
  private static let state = Mutex(State())

  /// Finds out whether a program reads the output. This happens before the arguments are parsed, because they might be wrong.
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
    let (files, named) = (EndFile.asked(own, of: command), NamedFile.all(in: own, of: command))
    state.withLock { state in
      state.named = named
      state.form = form
      state.isJSONAsked = words.contains("--json")
      state.files = files
      state.command = Subcommand.path(own).joined(separator: " ")
    }
  }

  /// Opens the requested files.
  /// - Throws: `Problems` if one of them cannot be written, or if the command would overwrite a file that another option names too, or a
  ///   file with content of the user's.
  static func openFiles() throws(Problems) {
    let (files, named) = state.withLock { ($0.files, $0.named) }
    let unnamed = files.filter { file, _ in !named.contains { $0.option == file.rawValue } }
    let refused = NamedFile.refusals(named + unnamed.map { NamedFile(option: $0.rawValue, path: $1, isWritten: true) })
    for (file, path) in files where !refused.contains(where: { $0.option == file.rawValue }) { try file.open(Folder.absolute(path)) }
    if !refused.isEmpty { throw Problems(refused.map(\.problem)) }
    for one in named where one.option == "--events" { try EventPipe.open(one.path) }
  }

  /// Whether `--result` was given.
  private static var isKept: Bool { state.withLock { $0.files.contains { $0.file == .result } } }

  /// Whether standard output gets one object and nothing else.
  static var isDocument: Bool { state.withLock { $0.form == .document } }

  /// - Throws: if `--json` was given together with `--output ndjson`, because each of them uses standard output alone.
  static func refuseTwoForms() throws {
    guard state.withLock({ $0.form == .lines && $0.isJSONAsked }) else { return }
    throw ValidationError("--json and --output ndjson exclude each other: the last line of ndjson is the object that --json prints")
  }

  /// - Throws: `Problems` if a program is to read standard output. Call this if standard output was closed at the start.
  static func refuseUnread() throws(Problems) {
    guard state.withLock({ $0.form != .none }) else { return }
    throw Problems(
      Problem("standard output is closed, so nobody could read the result", fix: "open it in the shell, as in >result.json"))
  }

  /// If a program reads standard output, adds lines for people to the object.
  /// - Returns: whether the lines become part of the object and must not be printed.
  static func keeps(_ lines: [String]) -> Bool {
    let isKept = isKept
    return state.withLock { state in
      guard state.form == .document || isKept else { return false }
      if state.text.count < 100_000 { state.text += lines.map(SafeText.plain) }
      return state.form == .document
    }
  }

  /// Sets the result. The closure is called only if a program reads the result.
  static func give(_ result: () -> String) {
    guard isDocument || isKept else { return }
    let text = result()
    state.withLock { $0.result = text }
  }

  /// Whether every line of standard output is for a program.
  static var isLines: Bool { state.withLock { $0.form == .lines } }

  /// Records that a deployment begins. If the command is interrupted, its object contains the deployment's id.
  static func begins(_ deployment: Deployment.ID) {
    state.withLock { state in
      if state.deployments.isEmpty { (state.deployments, state.isUnderWay) = ([deployment], true) }
    }
  }

  /// Records the deployments that the command was about, and the problems that explain how they ended.
  static func note(_ deployments: [Deployment.ID], _ problems: [Problem] = []) {
    state.withLock {
      ($0.deployments, $0.problems, $0.isUnderWay) = (deployments, problems, false)
    }
  }

  /// Adds a warning, which does not affect how the command ends.
  static func warn(_ problem: Problem) { state.withLock { $0.warnings.append(problem) } }

  /// Returns the exit code of a command that was asked to cancel deployments. The command succeeds if deployments were cancelled, or if
  /// newer deployments have taken over their hosts. In both cases, the problems are dropped.
  static func fulfilled(_ code: DeployModel.ExitCode) -> DeployModel.ExitCode {
    guard code == .cancelled || code == .locked else { return code }
    state.withLock { $0.problems = [] }
    return .done
  }

  /// Sets the exit code of the program. Only the first call counts.
  /// - Returns: whether this call was the first.
  static func claim(_ code: DeployModel.ExitCode) -> Bool {
    state.withLock { state in
      guard state.code == nil else { return false }
      state.code = code
      return true
    }
  }

  /// Whether the exit code has already been set, for example because of a signal. If it has, further output would only confuse.
  static var isClaimed: Bool { state.withLock { $0.code != nil } }

  /// Ends a command normally: writes the object if a program reads it, and exits.
  static func leave(_ code: DeployModel.ExitCode, _ error: (any Error)? = nil) -> Never {
    guard claim(code) else { EarlyEnd.wait() }
    let text = line(code, error)
    writeFiles(code, error)
    if fflush(nil) != 0 { Terminal.loses(errno) }
    Terminal.withOutput {
      if let text { Terminal.put(Array((text + "\n").utf8), to: STDOUT_FILENO) }
      exit(told(code).rawValue)
    }
    exit(told(code).rawValue)
  }

  /// Returns the exit code after all output. If a command succeeded but could not write its result, it counts as failed, because its reader
  /// got no result. A failed command keeps its own code.
  private static func complete(_ code: DeployModel.ExitCode) -> DeployModel.ExitCode {
    code == .done && !Terminal.lostOutput.isEmpty ? .infrastructure : code
  }

  /// Reports what could not be written, and returns the exit code after all output.
  private static func told(_ code: DeployModel.ExitCode) -> DeployModel.ExitCode {
    let lost = Terminal.lostOutput
    if !lost.isEmpty {
      let advice = "  → the command has done its work; for the result, make room and run lander status"
      let lines = (lost + [advice]).joined(separator: "\n") + "\n"
      Terminal.put(Array(lines.utf8), to: STDERR_FILENO)
    }
    return complete(code)
  }

  /// Ends a command after a signal. The exit code has already been set. If the reader does not accept the earlier output, it gets no
  /// object.
  static func leave(after problem: Problem) -> Never {
    let code = state.withLock { $0.code } ?? .interrupted
    writeFiles(code, problem)
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

  /// Exits after a second signal, even if the object has not been written yet.
  static func leaveSoon() -> Never {
    sleep(1)
    _exit((state.withLock { $0.code } ?? .interrupted).rawValue)
  }

  /// Returns the object for standard output. Returns nil if no object was requested, or if it has already been written.
  private static func line(_ code: DeployModel.ExitCode, _ error: (any Error)?) -> String? {
    guard isTold(code, error) else { return nil }
    let said = said(error)
    return state.withLock { state -> String? in
      guard state.form != .none, !state.isWritten else { return nil }
      state.isWritten = true
      return state.object(code, said, withResult: state.form == .document)
    }
  }

  /// Writes the files that the command itself did not write. The file of `--result` is written last, because it says whether the other
  /// files could be written.
  private static func writeFiles(_ code: DeployModel.ExitCode, _ error: (any Error)?) {
    guard isTold(code, error) else { return }
    let said = said(error)
    if EndFile.junit.isOpen { EndFile.junit.write(JUnitErrors(said, code).text) }
    if EndFile.dotenv.isOpen { EndFile.dotenv.write(Outputs(code, DeploymentStory()).dotenv) }
    if EndFile.result.isOpen {
      EndFile.result.write(state.withLock { $0.object(complete(code), said, withResult: true) } + "\n")
    }
  }

  /// Returns whether programs get a result. They get none if help or the version was printed.
  private static func isTold(_ code: DeployModel.ExitCode, _ error: (any Error)?) -> Bool {
    error == nil || error is ArgumentParser.ExitCode || code != .done || isDocument
  }

  /// Returns the problems of an error, or an empty list if the error only has an exit code.
  private static func said(_ error: (any Error)?) -> [Problem] {
    error.map { $0 is ArgumentParser.ExitCode || Lander.exitCode(for: $0) == .success ? [] : problems(of: $0) } ?? []
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
  /// Returns the object as JSON.
  fileprivate func object(_ code: DeployModel.ExitCode, _ said: [Problem], withResult: Bool) -> String {
    var end = EndLine(code, deployments: deployments, problems: said.isEmpty ? problems : said)
    (end.command, end.isUnderWay, end.warnings) = (command, isUnderWay, warnings)
    if withResult {
      end.result = result
      end.text = text
    }
    return end.line
  }
}
