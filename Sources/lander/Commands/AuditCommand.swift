import ArgumentParser
import DeployDesk
import DeployModel
import DeployReport

/// Verifies the chains of the journal. If hosts can be reached, compares the chains with the receipts on them.
struct AuditCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract:
      "Verifies that the journal is complete and unchanged, and that it agrees with the receipts on hosts.",
    discussion: """
      Each entry of the journal contains the digest of the previous entry. Each receipt on a host contains the digest of an entry: the \
      newest entry when the receipt was written. So the command can detect later changes to the journal. It also says what it cannot \
      detect. Exits with 3 if something does not agree.

      Examples:
        lander audit
        lander audit 20261121-113045-x7k2
      """)

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var bundle: AppSpecOption
  @Argument(help: ArgumentHelp("Only this deployment.", valueName: "id"), completion: KnownNames.deployments)
  var id: String?
  @Flag(help: "Do not ask the hosts.")
  var offline = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    guard let past = try Wiring.past(options) else {
      terminal.give(AuditResult(chains: [], whyNot: "nothing was deployed from here").value)
      terminal.say("There is no journal here: nothing was deployed from this folder.")
      return .done
    }
    let verdicts = try await past.chains(of: id)
    let rows = verdicts.map { verdict in
      let state = verdict.damage.map {
        terminal.out.paint("damaged: entry \($0.sequence) \($0.what)", .bad)
      }
      return [
        verdict.deployment.rawValue, verdict.entries.of("entry").replacing("entrys", with: "entries"),
        verdict.head.short, state ?? "whole",
      ]
    }
    terminal.say(
      Table(["DEPLOYMENT", "ENTRIES", "HEAD", "CHAIN"], rows: rows).lines(on: terminal.out))
    let result = offline ? AuditResult(chains: verdicts, whyNot: "--offline") : try await compared(verdicts, past, terminal)
    terminal.give(result.value)
    terminal.say(
      [""]
        + fitting(
          [
            "This command cannot detect deployments from other machines, entries that were cut off the end of a chain after the last "
              + "receipt of its hosts, or a journal and receipts that were all rewritten together."
          ], on: terminal.out))
    return result.agrees ? .done : .refused
  }

  /// Folds sentences into lines that fit the terminal's width.
  private func fitting(_ lines: [String], on surface: Surface) -> [String] {
    surface.terminal ? lines.flatMap { $0.folded(to: surface.width) } : lines
  }

  /// If the hosts are known, compares their receipts with the journal.
  private func compared(_ chains: [ChainVerdict], _ past: PastDeployments, _ terminal: Terminal) async throws -> AuditResult {
    let project: LoadedProject
    do { project = try await Wiring.lastingProject(options, bundle, tell: terminal.listener()) } catch {
      let why = (error as? Problems)?.list.first?.message ?? (error as? Problem)?.message ?? "deploy.lua does not load"
      let line = "Receipts were not compared, because the hosts are not known: \(SafeText.line(why))"
      terminal.say([""] + fitting([line], on: terminal.out))
      return AuditResult(chains: chains, whyNot: why)
    }
    let desk = try Wiring.desk(for: project, options, onlyReads: true, tell: terminal.listener())
    return try await desk.use { desk in
      var audits: [ReceiptAudit] = []
      for found in await desk.survey(try project.project.selections(recipe: nil, group: nil)) { audits += try await past.audit(found) }
      let lines = audits.map { "  \($0.host) (\($0.recipe)): " + SafeText.line($0.words) }
      terminal.say(["", "Receipts on hosts"] + fitting(lines, on: terminal.out))
      return AuditResult(chains: chains, receipts: audits)
    }
  }
}
