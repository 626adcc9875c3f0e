import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport
import Glibc

/// Shows a deployment that another process runs, as that process shows it.
struct FollowCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "follow", abstract: "Shows a deployment that another process of this machine runs, from its beginning to its end.",
    discussion: """
      Reads the journal, so it shows every entry once and in order, whenever it begins; one that has ended is shown as a whole. The \
      rollback that follows from a failure is followed too. With --output ndjson each entry is a line on standard output, as deploy \
      writes it; a \
      reader that was interrupted continues without a gap or a repetition if it names the deployment and the seq of the last line that it \
      has. Exits as lander wait does. Ctrl-C stops looking only: lander cancel ends a deployment.

      Examples:
        lander follow
        lander follow last --output ndjson
        lander follow 20261121-113045-x7k2 --since-seq 118 --output ndjson
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var choice: OpenChoice
  @Option(help: ArgumentHelp("Only what comes after this seq of the deployment that is named.", valueName: "seq"))
  var sinceSeq: Int?
  @Option(
    help: "live (on a terminal), plain (lines), or ndjson: the journal's entries on standard output, then how the deployment ended.")
  var output: Surface.Mode?

  func validate() throws {
    if let sinceSeq, sinceSeq < 0 { throw ValidationError("--since-seq takes the seq of a line: 0 or more") }
  }

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let desk = try Wiring.pastDesk(options, tell: terminal.listener())
    return try await desk.use { desk in
      let pair = try await desk.past.pair(choice.id, or: [.running, .interrupted])
      EarlyEnd.onlyWaits(for: pair.first.id, which: "is as it was", again: "follow")
      var named = pair.first.id
      if let id = choice.id { named = try await desk.past.find(id).id }
      let end = try await output == .ndjson ? lines(named, desk, terminal) : progress(named, desk, terminal)
      return try await desk.past.show(end, told: true, on: terminal)
    }
  }

  private func lines(_ named: Deployment.ID, _ desk: Desk, _ terminal: Terminal) async throws -> Pair {
    var lines = EntryLines()
    return try await desk.follow(named, after: sinceSeq) { event in
      switch event {
      // Line 0 names the hosts of the others.
      case .known(let id, let entry): _ = lines.line(entry, of: id)
      case .entry(let id, let entry): terminal.say(lines.line(entry, of: id))
      case .quiet: break
      }
    }
  }

  private func progress(_ named: Deployment.ID, _ desk: Desk, _ terminal: Terminal) async throws -> Pair {
    let shown = Progress(mode: output, verbose: false, terminal: terminal)
    if terminal.err.terminal { EarlyEnd.isDrawn() }
    var isStopped = false
    do {
      let end = try await desk.follow(named, after: sinceSeq) { event in
        switch event {
        case .known(let id, let entry): shown.take(.recalled(id, entry))
        case .entry(let id, let entry): shown.take(.entry(id, entry))
        case .quiet(let stopped):
          if let stopped, !isStopped { for line in WaitReport.halted(stopped) { shown.remark(line) } }
          isStopped = stopped != nil
        }
      }
      _ = await shown.finish()
      return end
    } catch {
      _ = await shown.finish()
      throw error
    }
  }
}
