import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Tells the story of one deployment in words.
struct ExplainCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "explain", abstract: "Tells the story of a deployment in sentences: what was asked, what happened, why, and what is next.",
    discussion: """
      Reads the journal of this machine, and asks no host. The story of a deployment includes its rollback. The story of a running \
      deployment covers what has happened so far. With the id of a train (several groups), the command tells the story of all deployments \
      of the train. lander report also lists every host, and the output of commands.

      Examples:
        lander explain
        lander explain 20261121-113045-x7k2 --markdown
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var choice: PastChoice
  @Flag(help: "Print Markdown.")
  var markdown = false

  func validate() throws { if markdown { try form.refuse(beside: "--markdown") } }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let past = try Wiring.somePast(options, fix: "lander deploy makes the first deployment")
    let train = try TrainFile.named(choice.id, in: options.existingStateFolder())
    let parts = try await past.courses(of: choice.id, in: train).map { course in
      (course.pair.first.group, course.account, Explanation(course.chronicles, zone: terminal.out.zone).document)
    }
    let document = train.map { TrainReport($0).document(parts.map { (group: $0.0, document: $0.2) }) } ?? parts[0].2
    terminal.give(train.map { TrainReport($0).value } ?? parts[0].1)
    if markdown { terminal.say(document.markdown()) } else { terminal.say(document.lines(on: terminal.out)) }
    if train == nil, let id = try? await past.find(choice.id).id,
      let line = await KnownAlarms(options, past).line(of: id, on: terminal.out)
    {
      terminal.say(["", line])
    }
    return .done
  }
}
