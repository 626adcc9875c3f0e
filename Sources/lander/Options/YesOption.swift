import ArgumentParser
import DeployModel
import Glibc

/// Confirms something that cannot be undone.
struct YesOption: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Do not ask.")
  var yes = false

  /// Returns whether the command is allowed to continue, because `--yes` was given or a person at the terminal agrees.
  /// - Parameter isRead: whether a program reads the output. In that case, nobody sees the question.
  func agrees(to question: String, isRead: Bool, on terminal: Terminal) -> Bool {
    if yes { return true }
    guard isatty(STDIN_FILENO) == 1, !isRead else {
      terminal.tell("There is no terminal to ask for confirmation: add --yes.")
      Ending.note([], [Problem("there is no terminal to ask for confirmation", fix: "add --yes")])
      return false
    }
    Terminal.write("\n\(question) [y/N] ", to: STDERR_FILENO)
    return ["y", "yes"].contains((readLine() ?? "").lowercased())
  }
}
