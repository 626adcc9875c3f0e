import ArgumentParser
import DeployModel
import DeployReport
import Glibc

/// How long the command waits while a deployment needs nothing but a person's answer.
struct StayOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Wait at a gate for a person's answer. --wait waits until the gate closes. --wait=30m waits for at most 30 minutes. If there is no \
      answer by then, lander parks the deployment and exits with 22. Without --wait, a command at a terminal waits until the gate closes. \
      Without --wait and without a terminal, lander immediately parks the deployment and exits with 13.
      """,
      valueName: "time"))
  var wait: String?

  /// The value that the parser sees for a `--wait` without a value.
  static let always = "always"

  func validate() throws {
    if let wait, wait != Self.always, Interval(wait) == nil {
      throw ValidationError("--wait takes a length of time after =, such as --wait=30m, of at most 100 days")
    }
  }

  /// How long the command keeps running at a gate. Without `--wait`, it keeps running only if there is a terminal.
  var staying: Staying {
    if let wait { return Interval(wait).map { .upTo($0) } ?? .always }
    return isatty(STDIN_FILENO) == 1 || isatty(STDERR_FILENO) == 1 ? .always : .upTo(.zero)
  }

  /// How long the command watches the alarm of a deployment that has succeeded, or nil if it does not watch.
  var watching: Staying? {
    switch staying {
    case .upTo(let time) where time == .zero: nil
    case let staying: staying
    }
  }

  /// The exit code after the deployment was parked.
  var parkedExit: DeployModel.ExitCode { wait.flatMap { Interval($0) } == nil ? .paused : .detached }

  /// Adds the value `always` to each `--wait` without a value, because the parser demands a value.
  static func completed(_ arguments: [String]) -> [String] {
    let own = arguments.prefix { $0 != "--" }
    let words = Elsewhere.rest(of: Array(own))
    guard let command = words.first, ["deploy", "run", "resume", "approve", "reject", "promote"].contains(command) else { return arguments }
    return own.map { $0 == "--wait" ? "--wait=\(always)" : $0 } + arguments.dropFirst(own.count)
  }
}
