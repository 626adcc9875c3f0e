import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Tells the story of one deployment in words.
struct ExplainCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Tells the story of a deployment in sentences: what was asked, what happened, why, and what is next.",
    discussion: """
      For who was not there. From the journal of this machine; no host is asked. A deployment comes with the rollback that followed from \
      it, and one that runs is told as far as it has come. lander report has every host, and what commands wrote.

      Examples:
        lander explain
        lander explain 20261121-113045-x7k2 --markdown
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var choice: PastChoice
  @Flag(help: "Print Markdown.")
  var markdown = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let past = try Wiring.somePast(options, fix: "lander deploy makes the first deployment")
    let course = try await past.course(of: choice.id)
    let document = Explanation(course.chronicles, zone: terminal.out.zone).document
    terminal.give(AccountReport(course.story, rollback: course.rollback, state: course.state).value)
    if markdown { terminal.say(document.markdown()) } else { terminal.say(document.lines(on: terminal.out)) }
    return .done
  }
}
