import ArgumentParser
import DeployModel
import DeployReport
import Glibc

/// How long the command stays while nothing but a person's answer is awaited.
struct StayOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Stay at a gate that waits for a person: --wait until it closes, --wait=30m so long, then it is parked and the exit code is 22. \
      Without it, a command without a terminal parks at once (exit code 13), and one on a terminal stays.
      """,
      valueName: "time"))
  var wait: String?

  /// What `--wait` alone stands for.
  static let always = "always"

  func validate() throws {
    if let wait, wait != Self.always, Interval(wait) == nil {
      throw ValidationError("--wait takes a length of time after =, such as --wait=30m, of at most 100 days")
    }
  }

  /// A person who could answer here is not left alone.
  var staying: Staying {
    if let wait { return Interval(wait).map { .upTo($0) } ?? .always }
    return isatty(STDIN_FILENO) == 1 || isatty(STDERR_FILENO) == 1 ? .always : .upTo(.zero)
  }

  /// What a deployment that was parked exits with.
  var parkedExit: DeployModel.ExitCode { wait.flatMap { Interval($0) } == nil ? .paused : .detached }

  /// Arguments in which `--wait` alone has its word: an option may have a value and may have none.
  static func completed(_ arguments: [String]) -> [String] {
    let own = arguments.prefix { $0 != "--" }
    let words = Elsewhere.rest(of: Array(own))
    guard let command = words.first, ["deploy", "run", "resume", "approve", "reject", "promote"].contains(command) else { return arguments }
    return own.map { $0 == "--wait" ? "--wait=\(always)" : $0 } + arguments.dropFirst(own.count)
  }
}
