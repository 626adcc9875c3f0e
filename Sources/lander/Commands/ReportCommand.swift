import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport
import Foundation

/// Reports everything that is known about one deployment, as text, as Markdown, or as a page.
struct ReportCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Reports a deployment: who deployed and why, what happened, each host, and the output of commands.",
    discussion: """
      Reads the journal of this machine, and asks no host. --html writes the report as a page in a single file. The page has no scripts \
      and loads nothing from a server. You can print it or attach it to a CI job. --markdown prints the report for a pull request or a \
      chat. The report of a deployment includes its rollback. With the id of a train (several groups), one report covers all deployments \
      of the train.

      Examples:
        lander report
        lander report last --html report.html
      """)

  @Argument(
    help: ArgumentHelp("The deployment: its id, the beginning of its id, or last.", valueName: "id"), completion: KnownNames.deployments)
  var id = "last"
  @OptionGroup var form: ResultOptions
  @OptionGroup var options: ProjectOptions
  @Option(help: ArgumentHelp("Write a page to this file.", valueName: "file"))
  var html: String?
  @Flag(help: "Print Markdown.")
  var markdown = false
  @Option(
    help: ArgumentHelp("Write JUnit's XML to this file: a suite for each wave, and a case for each event on each host.", valueName: "file"))
  var junit: String?

  func validate() throws { if markdown { try form.refuse(beside: "--markdown") } }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let past = try Wiring.somePast(options, fix: "lander deploy makes the first deployment")
    let train = try TrainFile.named(id, in: options.existingStateFolder())
    let courses = try await past.courses(of: id, in: train)
    let page = try html.map { try ResultFile(at: Folder.absolute($0), option: "--html") }
    var parts: [(group: String, document: Document)] = []
    for course in courses {
      let logs = page != nil || markdown ? try await past.written(course) : []
      parts.append((course.pair.first.group, DeploymentDocument(course.chronicles, logs: logs, zone: terminal.out.zone).document))
    }
    let document = train.map { TrainReport($0).document(parts) } ?? parts[0].document
    try page?.write(Data(document.html.utf8))
    let isWritten = junit != nil && EndFile.junit.write(JUnitReport(courses.flatMap(\.chronicles)).text)
    if let train { terminal.give(TrainReport(train).value) } else { terminal.give(courses[0].account) }
    if markdown {
      terminal.say(document.markdown())
    } else if page == nil, junit == nil {
      terminal.say(document.lines(on: terminal.out))
      if train == nil, let id = try? await past.find(id).id, let line = await KnownAlarms(options, past).line(of: id, on: terminal.out) {
        terminal.say(["", line])
      }
    }
    for file in [html, isWritten ? junit : nil].compactMap({ $0 }) { terminal.tell("Wrote \(file).") }
    return .done
  }
}
