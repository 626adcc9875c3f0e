import ArgumentParser
import DeployCore
import DeployModel
import DeployReport
import DeployStore

/// Verifies the journal's chains, against the hosts' receipts where they can be reached.
struct AuditCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "audit",
    abstract:
      "Verifies that the journal is whole, and that it agrees with what the hosts remember.",
    discussion: """
      Every entry is chained to the one before by its digest, and receipts on hosts hold the chain's head of their time: what was \
      changed afterwards shows. What it cannot see, it says. Exits with 3 where something does not agree.
      """)

  @OptionGroup var options: ProjectOptions
  @Argument(help: ArgumentHelp("Only this deployment.", valueName: "id"))
  var id: String?
  @Flag(help: "Do not ask the hosts.")
  var offline = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    guard let past = try PastDeployments.open(options) else {
      terminal.say("There is no journal here: nothing was deployed from this folder.")
      return .done
    }
    var chosen: String?
    if let id { chosen = try await past.find(id).id }
    let verdicts = try await past.journal.verify(chosen)
    let rows = verdicts.map { verdict in
      let state = verdict.damage.map {
        terminal.out.paint("damaged: entry \($0.sequence) \($0.what)", .bad)
      }
      return [
        verdict.deployment, verdict.entries.of("entry").replacing("entrys", with: "entries"),
        verdict.head.short, state ?? "whole",
      ]
    }
    terminal.say(
      Table(["DEPLOYMENT", "ENTRIES", "HEAD", "CHAIN"], rows: rows).lines(on: terminal.out))
    var wrong = verdicts.contains { $0.damage != nil }
    if !offline { wrong = try await againstReceipts(past, terminal) || wrong }
    terminal.say([
      "",
      "Not seen by this: deployments made from other machines; entries cut off the end of a chain after the last receipt of its hosts;",
      "a journal and receipts that were all rewritten together.",
    ])
    return wrong ? .refused : .done
  }

  /// Compares every receipt on a host with the journal. True where one does not agree.
  private func againstReceipts(_ past: PastDeployments, _ terminal: Terminal) async throws -> Bool {
    guard let project = try? Wiring.project(options) else {
      terminal.say([
        "", "Receipts were not compared: deploy.lua does not load, so the hosts are not known.",
      ])
      return false
    }
    let engine = try Wiring.engine(for: project, options)
    return try await Asking.with(engine) { engine in
      var lines: [String] = []
      var wrong = false
      for selection in try Surveyed.selections(project.project, recipe: nil, group: nil) {
        for (host, survey) in await Surveyed.ask(selection, engine, terminal).named {
          let (text, fine) = try await AuditCommand.verdict(survey, past)
          wrong = wrong || !fine
          lines.append("  \(host.name) (\(selection.recipe.name)): " + text)
        }
      }
      terminal.say(["", "Receipts on hosts"] + lines)
      return wrong
    }
  }

  private static func verdict(
    _ survey: Survey, _ past: PastDeployments
  ) async throws -> (
    String, Bool
  ) {
    guard case .reached(let state) = survey else { return ("not seen: out of reach", true) }
    let drift = state.drift.map { SafeText.line($0.message) }
    if !drift.isEmpty { return (drift.joined(separator: "; "), false) }
    guard let receipt = state.receipt else { return ("has no receipt", true) }
    guard let chain = receipt.chain else {
      return ("\(receipt.deployment), without a chain to compare", true)
    }
    if let sequence = try await past.journal.sequence(of: chain, in: receipt.deployment) {
      return ("\(receipt.deployment), agrees with entry \(sequence)", true)
    }
    let known = try await !past.journal.verify(receipt.deployment).isEmpty
    if known {
      return (
        "\(receipt.deployment): the journal here never had the chain that the host remembers", false
      )
    }
    return (
      "\(receipt.deployment), deployed by \(SafeText.line(receipt.actor)) from another journal",
      true
    )
  }
}
