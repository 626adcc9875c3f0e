import ArgumentParser
import DeployModel

/// Prints the script that makes a shell complete the words of `lander`.
struct CompletionsCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "completions",
    abstract: "Prints a script that lets a shell complete commands, options, recipes, groups and deployments.",
    discussion: """
      Write the script to the file where your shell searches for completions:
        bash: lander completions bash >/etc/bash_completion.d/lander
        zsh:  lander completions zsh >~/.zfunc/_lander, with ~/.zfunc in fpath
        fish: lander completions fish >~/.config/fish/completions/lander.fish

      Example:
        lander completions bash > /etc/bash_completion.d/lander
      """)

  @OptionGroup var form: ResultOptions
  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  /// A shell with completions.
  enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    terminal.say(Lander.completionScript(for: kind))
    return .done
  }

  private var kind: CompletionShell {
    switch shell {
    case .bash: .bash
    case .zsh: .zsh
    case .fish: .fish
    }
  }
}
