import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Compares the plugins on this machine with what `deploy.lock` recorded.
struct PluginVerify: Verb {
  static let configuration = CommandConfiguration(
    commandName: "verify", abstract: "Compares the plugins on this machine with deploy.lock, byte by byte.",
    discussion: """
      Downloads nothing. Exits with 3 if a plugin is missing, altered or broken. Also exits with 3 if a plugin asks for more capabilities \
      than deploy.lock recorded.

      Example:
        lander plugin verify
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let verified = try Wiring.plugins(of: options).whole()
    let signed = verified.filter { $0.signer != nil }
    terminal.give(
      JSON.record([
        (
          "whole",
          .list(
            verified.map {
              JSON.record([
                ("name", .text($0.plugin.name)), ("version", .text($0.plugin.version.description)), ("signer", $0.signer.map { .text($0) }),
              ])
            })
        )
      ]))
    for one in signed {
      terminal.say("\(SafeText.line(one.plugin.name)) is signed by \(SafeText.line(one.signer ?? "")).")
    }
    terminal.say(verified.isEmpty ? "deploy.lock has no plugin." : "\(verified.count.of("plugin")) as deploy.lock recorded.")
    return .done
  }
}
