/// One part of a deployment at a time, by values that remember nothing of each other: all that one needs of another is on the host.
extension AppSpecDeployment {
  /// Runs one event.
  /// - Parameter previous: with the scripts of the last successfully installed revision, whatever the event.
  /// - Throws: `DeploymentReport.Failure` with the end of the event's log, or what the host threw.
  package mutating func perform(_ event: String, previous: Bool = false) async throws {
    if event == "DownloadBundle" { try await open() } else { _ = try await look() }
    runsPrevious = previous
    isUnpacked = !previous && event != "DownloadBundle" && !AppSpecRequest.leaveTaking.contains(event)
    try await run(event)
  }

  /// Puts back what this deployment's Install replaced or removed; where it came to neither there is nothing to do.
  package func undo() async throws {
    let file = wayBack.text.shellQuoted
    let result = try await host.run(ShellProgram("[ -e \(file) ] || exit 0\nsh \(file) && rm -f -- \(file)"))
    guard result.status == 0 else {
      var problem = result.problem("putting the files of the previous revision back")
      problem.fix = "look at what it says, then run it again on the host: sh \(wayBack)"
      throw DeploymentReport.Failure(problem)
    }
  }

  /// Drops what was kept for going back.
  package func forget() async throws {
    _ = try await host.run(ShellProgram("rm -rf -- \(folder.appending("kept").text.shellQuoted) \(wayBack.text.shellQuoted)"))
  }

  /// Removes what the last installation made, and that there was one.
  package mutating func remove() async throws {
    _ = try await look()
    let list = root.cleanupList
    let left = try await host.run(ShellProgram("[ ! -e \(list.text.shellQuoted) ] || cat -- \(list.text.shellQuoted)"))
    guard left.status == 0 else { throw DeploymentReport.Failure(left.problem("reading \(list)")) }
    let previous = CleanupList(reading: String(decoding: left.stdout, as: UTF8.self))
    let planner = InstallPlanner(spec: AppSpec(), tree: BundleTree(root: folder, entries: []), previous: previous)
    do {
      let question = try planner.question()
      let state = try HostState(question, answered: try await host.run(question.program))
      var program = InstallProgram(removing: planner.plan(on: state).removals, list: list).shell
      program.line("rm -f -- \(root.lastSuccessful.text.shellQuoted)")
      let result = try await host.run(program)
      guard result.status == 0 else { throw result.problem("removing what was installed") }
    } catch let problem as SpecProblem {
      throw DeploymentReport.Failure(problem)
    }
  }

  /// A program on the host that restores, for `sh`.
  package var wayBack: HostPath { folder.appending("way-back") }

  func leaveWayBack(_ keeping: Keeping) async throws {
    let file = wayBack.text.shellQuoted
    // Each line begins with a character of its own, so that none of them ends the text.
    let text = keeping.restoring.text.split(separator: "\n", omittingEmptySubsequences: false).map { "|" + $0 }.joined(separator: "\n")
    let program = ShellProgram(
      "sed 's/^|//' >\(file).new <<'END OF PROGRAM' && mv -f -- \(file).new \(file)\n\(text)\nEND OF PROGRAM")
    let result = try await host.run(program)
    guard result.status == 0 else { throw result.problem("writing \(wayBack)") }
  }
}
