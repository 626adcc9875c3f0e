import ArgumentParser
import DeployCore
import DeployDesk
import DeployModel
import DeployReport

/// Shows what each host runs, according to the hosts' own receipts.
struct StatusCommand: Verb {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Shows what every host runs, who deployed it, and which deployments are under way.",
    discussion: """
      Asks the hosts themselves, so the command works in a fresh checkout. You can give the id of a train (several groups) instead of a \
      recipe. The command then shows the train's progress, and the hosts of all of its groups. Exits with 20 if a host is unreachable, and \
      with 21 if lander's own files on a host are damaged or cannot be read.

      For a group with slots, status shows each slot's share of the traffic, and since when the slot has this share. The share is the one \
      that a deployment from this machine last set, because status does not ask the balancer. status also lists the first ten deployments \
      in the queue for the lock. In addition, it lists the hosts that lack their group's revision, with the command that deploys the \
      revision to them: lander deploy --missing.

      Examples:
        lander status
        lander status --group production --json
      """
  )

  @OptionGroup var options: ProjectOptions
  @OptionGroup var form: ResultOptions
  @OptionGroup var bundle: AppSpecOption
  @Argument(
    help: ArgumentHelp("Only this recipe, or only this train.", valueName: "recipe|train"), completion: KnownNames.recipes)
  var recipe: String?
  @Option(help: ArgumentHelp("Only this group.", valueName: "name"))
  var group: String?
  @OptionGroup var tags: WhereOption

  func perform(on terminal: Terminal) async throws -> DeployModel.ExitCode {
    let project = try await Wiring.lastingProject(options, bundle, tell: terminal.listener())
    let train = try recipe.flatMap { word in
      project.project.recipes.contains { $0.name.isExactly(word) } ? nil : try TrainFile.named(word, in: options.existingStateFolder())
    }
    let legs = train?.legs.map(\.group).filter { group?.isExactly($0) ?? true }
    let groups: [String?] = legs.map { $0.map { Optional($0) } } ?? [group]
    let selections = try groups.flatMap {
      try project.project.selections(recipe: train == nil ? recipe : train?.request.recipe, group: $0, only: try tags.words)
    }
    let trains = OpenTrains(options)
    if let train { terminal.say(TrainReport(train).lines(on: terminal.out) + [""]) }
    let desk = try Wiring.desk(for: project, options, onlyReads: true, tell: terminal.listener())
    return try await desk.use { desk in
      var values: [Value] = []
      let surveyed = await desk.surveyWithRegisters(selections)
      for (index, found) in surveyed.enumerated() {
        var report = StatusReport(found, after: try await desk.past.deployments(seeing: [found]), now: desk.now)
        report.notes = try await desk.past.failedRestores(found)
        try await desk.past.account(for: found, in: &report)
        report.traffic = try await desk.past.traffic(of: found)
        if project.typed == nil { report.missing = try await KnownAlarms(options, desk.past).missing(in: found) }
        values.append(
          JSON.record([
            ("recipe", .text(found.recipe)), ("group", .text(found.group)),
            ("hosts", report.value), ("open", report.openValue), ("trains", trains.value(of: found)), ("left_wrong", report.leftValue),
            ("traffic", report.trafficValue), ("waiting", report.waitingValue),
            ("missing", report.missingValue),
          ]))
        terminal.say((index == 0 ? [] : [""]) + report.lines(on: terminal.out))
      }
      terminal.give(.list(values))
      // Even if the state folder cannot be written, the command shows what the hosts say.
      for one in (try? await desk.learnEnds(from: surveyed)) ?? [] {
        terminal.say(["", "Ended elsewhere: \(one.named)", "  Its hosts no longer have it, because it was resumed or unlocked elsewhere."])
      }
      try await terminal.sayOpen(desk, surveyed)
      let alarmed = try await desk.past.deployments().filter { one in
        surveyed.contains { $0.selection.recipe.application.isExactly(one.application) && $0.group.isExactly(one.group) }
      }
      for line in await KnownAlarms(options, desk.past).open(among: alarmed, on: terminal.out) { terminal.say(["", line]) }
      if train == nil { await trains.say(among: surveyed, on: terminal) }
      return DeployModel.ExitCode(of: surveyed.flatMap(\.surveys))
    }
  }
}
