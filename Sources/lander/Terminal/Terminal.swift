import ArgumentParser
import DeployModel
import DeployReport
import FoundationEssentials
import Glibc
import Synchronization

/// The output of a command: results go to standard output, progress and problems to standard error.
struct Terminal: Sendable {
  let out: Surface
  let err: Surface

  init() {
    out = Ending.isDocument ? Surface() : Terminal.surface(of: STDOUT_FILENO)
    err = Terminal.surface(of: STDERR_FILENO)
  }

  /// Writes lines of the result.
  func say(_ lines: [String]) {
    if Ending.keeps(lines) { return }
    Terminal.write(lines.map { $0 + "\n" }.joined(), to: STDOUT_FILENO)
  }
  func say(_ line: String) { say([line]) }
  /// Writes the result as lines for people, and gives it to programs as a value.
  func show(_ lines: [String], _ value: @autoclosure () -> Value) {
    give(value())
    say(lines)
  }
  /// Gives the result to the program that reads the output, if one does.
  func give(_ value: @autoclosure () -> Value) { Ending.give { JSON.text(value()) } }
  /// Gives the result, encoded as JSON, to the program that reads the output, if one does.
  func give(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
    Ending.give { text }
  }
  /// Writes lines about progress and problems.
  func tell(_ lines: [String]) {
    Terminal.write(lines.map { $0 + "\n" }.joined(), to: STDERR_FILENO)
  }
  func tell(_ line: String) { tell([line]) }

  /// Writes the whole text. If nobody reads the output, the text is dropped.
  static func write(_ text: String, to descriptor: Int32) { write(Array(text.utf8), to: descriptor) }

  /// Writes all bytes. If nobody reads them, they are dropped. Once a signal is ending the command, this writes nothing.
  static func write(_ bytes: [UInt8], to descriptor: Int32) {
    if Ending.isClaimed || descriptor == STDOUT_FILENO && Ending.isDocument { return }
    if descriptor == STDOUT_FILENO { withOutput { put(bytes, to: descriptor) } } else { put(bytes, to: descriptor) }
  }

  /// Lets one writer at a time use standard output, so that lines do not mix.
  private static let output = Mutex(())
  static func withOutput<T>(_ body: () -> T) -> T { output.withLock { _ in body() } }
  /// Runs the body, or skips it if another writer is writing now.
  static func tryOutput(_ body: () -> Void) { output.withLockIfAvailable { _ in body() } }

  /// The results that could not be written, and why. A reader that closed the pipe, such as `head`, does not count.
  private static let lost = Mutex<[String]>([])
  static var lostOutput: [String] { lost.withLock { $0 } }
  /// Records that a result could not be written. - Parameter code: the `errno` of the write.
  static func loses(_ code: Int32, of what: String = "standard output") {
    if code == EPIPE { return }
    let line = "\(what) could not be written: \(String(cString: strerror(code)))"
    lost.withLock { if !$0.contains(line) { $0.append(line) } }
  }

  static func put(_ bytes: [UInt8], to descriptor: Int32) {
    var bytes = bytes[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return descriptor == STDOUT_FILENO ? loses(errno) : () }
      bytes = bytes.dropFirst(count)
    }
  }

  /// Reports an error and what to do about it.
  /// - Returns: the exit code of the command.
  func report(_ error: any Error) -> DeployModel.ExitCode {
    switch error {
    case let problems as Problems:
      tell(problems.lines(on: err))
      return problems.exit
    case let problem as Problem:
      tell(problem.lines(on: err))
      return .usage
    case let failure as Failure:
      tell(failure.problem().lines(on: err))
      return DeployModel.ExitCode(failure.kind)
    case let error as ScriptError:
      tell(
        Problem(
          error.failure.message, place: error.place, subject: error.host, fix: error.failure.fix
        ).lines(on: err))
      return DeployModel.ExitCode(error.failure.kind)
    case let code as ArgumentParser.ExitCode:
      return DeployModel.ExitCode(rawValue: code.rawValue) ?? .internal
    default:
      return reportParsing(error)
    }
  }

  /// Handles what the argument parser throws: a request for help or for the version, which is a result, or an error about the arguments.
  private func reportParsing(_ error: any Error) -> DeployModel.ExitCode {
    let text = Lander.fullMessage(for: error)
    switch Lander.exitCode(for: error) {
    case .success:
      if !text.isEmpty { say(text) }
      return .done
    case .validationFailure:
      tell(text)
      return .usage
    default:
      tell([
        "lander has a defect: \(error)",
        "  → please report it with the command and `lander doctor`",
      ])
      return .internal
    }
  }

  static func surface(of descriptor: Int32) -> Surface {
    let isTerminal = isatty(descriptor) == 1
    var size = winsize()
    let known = isTerminal && ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return Surface(
      isTerminal: isTerminal, columns: known ? Int(size.ws_col) : nil,
      rows: known ? Int(size.ws_row) : nil, zone: zone()
    ) { name in getenv(name).map { String(cString: $0) } }
  }

  /// Returns the current local offset from UTC, in seconds east of Greenwich.
  private static func zone() -> Int {
    var now = time(nil)
    var parts = tm()
    localtime_r(&now, &parts)
    return parts.tm_gmtoff
  }
}
