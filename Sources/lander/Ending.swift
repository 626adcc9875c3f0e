import ArgumentParser
import DeployModel
import DeployReport
import Glibc
import Synchronization

/// The last line of standard output where a program reads it. With `--output ndjson` it always comes; with `--json` only where the
/// document itself could not be made.
enum Ending {
  private enum Form { case none, lines, document }
  private struct State {
    var form = Form.none
    var deployments: [Deployment.ID] = []
    var problems: [Problem] = []
    var isWritten = false
  }
  private static let state = Mutex(State())

  /// Looks who reads, before anything can go wrong: what is wrong may be the arguments themselves.
  static func expect(_ arguments: [String]) {
    let words = arguments.prefix { $0 != "--" }
    var form = Form.none
    if words.contains("--output=ndjson") || zip(words, words.dropFirst()).contains(where: { $0 == "--output" && $1 == "ndjson" }) {
      form = .lines
    } else if words.contains("--json"), !documented.isDisjoint(with: words) {
      form = .document
    }
    state.withLock { $0.form = form }
  }

  /// Commands that have `--json`; elsewhere it may be a recipe's parameter.
  private static let documented: Set = ["status", "hosts", "history", "list", "bundle", "appspec"]

  /// Whether every line of standard output belongs to a program.
  static var isLines: Bool { state.withLock { $0.form == .lines } }

  /// The deployments that the command was about, and why they ended as they did.
  static func note(_ deployments: [Deployment.ID], _ problems: [Problem] = []) {
    state.withLock {
      $0.deployments = deployments
      $0.problems = problems
    }
  }

  /// A command that ends by itself.
  static func write(_ code: DeployModel.ExitCode, _ error: (any Error)? = nil) {
    let isOwn = error is ArgumentParser.ExitCode
    // Help and version were asked for, and are there.
    if error != nil, !isOwn, code == .done { return }
    let said = error.map { isOwn ? [] : problems(of: $0) } ?? []
    let text = state.withLock { state -> String? in
      let isWanted = state.form == .lines || state.form == .document && error != nil && !isOwn
      guard isWanted, !state.isWritten else { return nil }
      state.isWritten = true
      return EndLine(code, deployments: state.deployments, problems: said.isEmpty ? state.problems : said).text
    }
    if let text { Terminal.write(text + "\n", to: STDOUT_FILENO) }
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
