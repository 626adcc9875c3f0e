import ArgumentParser
import Glibc

/// A question before something that cannot be taken back.
struct YesOption: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Do not ask.")
  var yes = false

  /// Whether it may be done: `--yes` was given, or somebody at the terminal says so.
  /// - Parameter isRead: whether a program reads what the command says, so that nobody sees the question.
  func agrees(to question: String, isRead: Bool, on terminal: Terminal) -> Bool {
    if yes { return true }
    guard isatty(STDIN_FILENO) == 1, !isRead else {
      terminal.tell("Nobody can be asked here: say --yes.")
      return false
    }
    Terminal.write("\n\(question) [y/N] ", to: STDERR_FILENO)
    return ["y", "yes"].contains((readLine() ?? "").lowercased())
  }
}
