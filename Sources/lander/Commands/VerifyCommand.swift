import ArgumentParser
import DeployCore
import DeployHosts
import DeployModel
import DeployReport
import DeployStore

/// Compares what runs on hosts with what was delivered, file by file.
struct VerifyCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Compares the current release of every host with its manifest, and names what differs.",
    discussion: """
      Hashes every file on the hosts themselves, and takes no lock. Files that hooks edit in place differ, too; what hooks, the \
      application or a person added is named and is no difference. Exits with 3 where something differs, with 20 where a host is out of \
      reach and all others are as delivered.
      """)

  /// Hosts that compare at once.
  private static let width = 10

  @OptionGroup var options: ProjectOptions
  @OptionGroup var bundle: AppSpecOption
  @Argument(help: ArgumentHelp("Only this recipe.", valueName: "recipe"))
  var recipe: String?
  @OptionGroup var choice: HostChoice
  @Flag(help: "Print JSON.")
  var json = false

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let (opened, selections) = try Opened.project(options, bundle) {
      try Surveyed.selections($0, recipe: recipe, group: choice.group, only: choice.names)
    }
    return try await Asking.with(opened.engine) { engine in
      var (unreachable, isWhole) = (0, true)
      var values: [Value] = []
      for (index, selection) in selections.enumerated() {
        terminal.tell("Comparing the release of \(selection.hosts.count.of("host")) of \(selection.group) with its manifest …")
        let found = await Surveyed.ask(selection, engine, terminal)
        unreachable += found.unreachable
        let verdicts = await VerifyCommand.verdicts(found, engine)
        let report = VerifyReport(recipe: selection.recipe.name, group: selection.group, hosts: verdicts)
        let reached = zip(verdicts, found.surveys).filter { if case .reached = $0.1 { true } else { false } }
        isWhole = isWhole && VerifyReport(recipe: "", group: "", hosts: reached.map(\.0)).isWhole
        values.append(report.value)
        if !json { terminal.say((index == 0 ? [] : [""]) + report.lines(on: terminal.out)) }
      }
      if json { terminal.say(JSON.text(.list(values))) }
      if !isWhole { return .refused }
      return unreachable == 0 ? .done : .unreachable
    }
  }

  /// In the order of the hosts.
  private static func verdicts(_ found: Surveyed, _ engine: Engine) async -> [(name: String, verdict: VerifyReport.Verdict)] {
    let identity = Identity.make()
    var verdicts = found.named.map { ($0.host.name, VerifyReport.Verdict.empty) }
    await withTaskGroup(of: (Int, VerifyReport.Verdict).self) { group in
      for (number, (host, survey)) in found.named.enumerated() {
        if number >= width, let (done, verdict) = await group.next() { verdicts[done].1 = verdict }
        let path = host.place(found.selection.recipe.path)
        group.addTask { (number, await verdict(host, survey, at: path, engine, as: "verify-" + identity.id)) }
      }
      for await (done, verdict) in group { verdicts[done].1 = verdict }
    }
    return verdicts.map { (name: $0.0, verdict: $0.1) }
  }

  private static func verdict(
    _ host: DeployModel.Host, _ survey: Survey, at path: String, _ engine: Engine, as deployment: Deployment.ID
  ) async -> VerifyReport.Verdict {
    guard case .reached(let state) = survey else {
      guard case .unreachable(let failure) = survey else { return .empty }
      return .failed(failure.problem(of: host.name))
    }
    let gone = state.damage(of: state.current).map { $0.kind == .gone || $0.kind == .unlisted } ?? false
    guard let current = state.current, !gone else { return state.drift.first.map { .failed($0) } ?? .empty }
    do {
      let found = try await engine.hosts.verify(host, at: path, current: current, as: deployment) { $0.digest }
      if let receipt = state.receipt, receipt.release.id == current, receipt.inputs.bundle != found.bundle {
        return .failed(
          Problem(
            "the manifest of release \(current) is of bundle \(found.bundle.short), and the receipt says \(receipt.inputs.bundle.short)",
            subject: host.name, fix: "see who changed \(path)/.lander; lander deploy --force writes both again"))
      }
      return .compared(found)
    } catch { return .failed(error.problem(of: host.name)) }
  }
}
