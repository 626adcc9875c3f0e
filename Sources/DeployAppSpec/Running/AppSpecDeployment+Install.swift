/// The Install event. It runs up to three programs on the host. The first reports what is in the bundle, and the files of the previous
/// installation. The second reports what is at the destinations, unless that is already known. The third carries out the plan.
extension AppSpecDeployment {
  mutating func install() async throws {
    var (name, planner, state) = try await look()
    if planner.isAnswered(by: state) {
      host.skipQuestion()
    } else {
      state = try HostState(answered: try await host.answer(planner.question.program))
    }
    let (removing, planned) = planner.plan(on: state)
    switch planned {
    case .failure(let problem):
      // The agent finds this problem only after it has removed the old files, so they are removed here too. If the deployment restores
      // files after a failure, they stay, because they would only be restored again.
      if !request.restore {
        let result = try await carryOut(InstallProgram(removing: removing, watch, list: root.cleanupList).shell, "removing the old files")
        guard result.status == 0 else { throw result.problem("removing the files of the previous revision") }
      }
      throw problem
    case .success(let plan):
      let keeping = request.restore ? Keeping(root, in: folder) : nil
      var program = InstallProgram(plan, watch, keeping: keeping, list: root.cleanupList, record: root.installList, work: folder).shell
      if plan.failure == nil { program.add(root.remembering(folder, appSpecFile: name)) }
      let result = try await carryOut(program, "the installation")
      guard result.status == 0 else {
        if result.status == InstallProgram.nothingTouched { throw result.problem("keeping the files that are replaced") }
        try await cut(plan.cleanup)
        throw result.problem("the installation")
      }
      if let problem = plan.failure { throw problem }
    }
  }

  var watch: LinkWatch { LinkWatch(refuses: request.refusesForeignLinks) }

  /// Runs a program that checks links before it acts. Warns about the links that the program follows.
  /// - Throws: a problem if the program refuses links.
  func carryOut(_ program: ShellProgram, _ doing: String) async throws -> ShellResult {
    let result = try await host.run(program)
    let links = ForeignLink.read(result)
    if result.status == LinkWatch.refused, let refusal = ForeignLink.refusal(links, doing) { throw refusal }
    if let warning = ForeignLink.warning(links) { host.warn(warning) }
    return result
  }

  /// Reads the appspec file, the bundle, and the list of the previous installation's files to remove.
  private mutating func look() async throws -> (name: String, planner: InstallPlanner, ahead: HostState) {
    let archive = root.archive(in: folder)
    var program = root.reading([request.appSpecFile, "appspec.yaml", "appspec.yml"], of: .deployment(folder))
    program.add(root.readingCleanupList)
    program.add(HostState.lookingAhead(by: root.cleanupList))
    program.add(BundleTree.listing(of: archive))
    var result = try await ask(program)
    var answer = result.answer
    let (name, spec) = try appSpec(result, &answer, of: folder, named: request.appSpecFile)
    try checkEvents(of: spec)
    guard let list = answer.file() else { throw result.problem("reading \(root.cleanupList)") }
    guard let ahead = answer.words(until: HostState.endOfLook) else { throw result.problem("looking at the previous revision's files") }
    result.stdout = Array(answer.rest)
    let planner = try InstallPlanner(
      spec: spec, tree: BundleTree(root: archive, listed: result),
      previous: CleanupList(reading: String(decoding: list, as: UTF8.self)),
      behavior: request.fileExistsBehavior.uppercased(), directory: directory, home: home)
    return (name, planner, HostState(ahead))
  }

  private func checkEvents(of spec: AppSpec) throws {
    let possible = request.possibleEvents
    let unknown = spec.hooks.filter { !possible.contains($0.event) }
    guard unknown.isEmpty else {
      throw SpecProblem(
        .unknownEvent, "the appspec file contains unknown lifecycle events: \(unknown.map(\.event).joined(separator: ", "))",
        line: unknown[0].line)
    }
    for event in possible where !AppSpecRequest.standardEvents.contains(event) && !spec.hooks.contains(where: { $0.event == event }) {
      throw SpecProblem(.eventUndefined, "the event \(event) is not a default one and doesn't exist in the appspec file's hooks")
    }
  }

  /// After a step has failed unexpectedly, shortens the list of files to remove to the files that exist.
  private func cut(_ list: CleanupList) async throws {
    var question = HostState.Question()
    question.paths = list.lines.map(\.path)
    let state = try HostState(answered: try await host.answer(question.program))
    var program = ShellProgram()
    program.write(CleanupList(list.lines.filter { state.kind(of: $0.path) != .absent }).rows, to: root.cleanupList)
    _ = try await host.run(program)
  }
}
