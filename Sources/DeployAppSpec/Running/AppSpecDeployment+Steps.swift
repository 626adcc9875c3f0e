import DeployModel

/// The parts of a deployment as separate calls. They share no memory. Everything that one part needs from another is on the host.
extension AppSpecDeployment {
  /// Runs one event.
  /// - Parameter previous: whether to run the scripts of the last revision that was installed successfully, no matter what the event is.
  /// - Throws: `DeploymentReport.Failure` with the last lines of the event's log, or the host's own error.
  package mutating func perform(_ event: String, previous: Bool = false) async throws {
    runsPrevious = previous
    isUnpacked = !previous && event != "DownloadBundle" && !AppSpecRequest.outgoingEvents.contains(event)
    try await run(event)
  }

  /// Restores what this deployment's Install replaced or removed.
  /// - Returns: whether there was something to restore.
  @discardableResult package func undo() async throws -> Bool {
    let keeping = Keeping(root, in: folder)
    let result: ShellResult
    do {
      result = try await carryOut(keeping.undoing(watch), "putting the files of the previous revision back")
    } catch var refusal as SpecProblem {
      refusal.message += "; what was kept lies in \(keeping.kept)"
      refusal.fix = "remove these links, then run it on the host: sh \(keeping.wayBack)"
      throw DeploymentReport.Failure(refusal)
    }
    if result.status == Keeping.nothingToUndo { return false }
    guard result.status == 0 else {
      var problem = result.problem("putting the files of the previous revision back")
      problem.message += "; what was kept lies in \(keeping.kept)"
      problem.fix = "look at what it says, then run it again on the host: sh \(keeping.wayBack)"
      throw DeploymentReport.Failure(problem)
    }
    return true
  }

  /// Deletes the files that were kept for a restore.
  package func forget() async throws {
    _ = try await host.run(Keeping(root, in: folder).forgetting)
  }

  /// Removes everything that the last installation made, and the record of that installation.
  package mutating func remove() async throws {
    do {
      let left = try await ask(root.readingCleanupList)
      var answer = left.answer
      guard let list = answer.file() else { throw left.problem("reading \(root.cleanupList)") }
      let planner = try InstallPlanner(
        spec: AppSpec(), tree: BundleTree(root: folder, entries: []), previous: CleanupList(reading: String(decoding: list, as: UTF8.self)))
      let state = try HostState(answered: try await host.answer(planner.question.program))
      var program = InstallProgram(removing: planner.plan(on: state).removing, watch, list: root.cleanupList).shell
      program.line("rm -f -- \(root.lastSuccessful.text.shellQuoted)")
      let result = try await carryOut(program, "removing what was installed")
      guard result.status == 0 else { throw result.problem("removing what was installed") }
    } catch let problem as SpecProblem {
      throw DeploymentReport.Failure(problem)
    }
  }
}
