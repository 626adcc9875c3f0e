import Synchronization

/// How a deployment reaches its host: the only IO of this room, done by whoever runs it.
package protocol AppSpecHost: Sendable {
  /// Runs a program with nothing on its standard input, in the engine's working directory.
  func run(_ program: ShellProgram) async throws -> ShellResult
  /// Runs a script in a process group of its own, its input closed; `output` gets its lines as they come.
  func run(_ hook: Hook, output: @escaping @Sendable (HookOutput) -> Void) async -> HookEnd
  /// Adds an entry, with the time in front, to a file, whose folder is made where it is missing.
  func log(_ entry: ScriptsLogEntry, to file: HostPath)
  /// Tells a person.
  func say(_ line: String)
}

/// Deploys one bundle to one host, event by event, as the CodeDeploy agent does.
package struct AppSpecDeployment: Sendable {
  package let request: AppSpecRequest
  package let root: EngineRoot
  let host: any AppSpecHost
  let folder: HostPath

  /// Facts of the host, told when the deployment is opened.
  var directory = "/"
  var home = "/"
  var lastSuccessful: HostPath?
  private var mostRecent: HostPath?
  var isUnpacked = false
  /// Scripts of every event are the last successfully installed revision's.
  var runsPrevious = false
  private var kept: Keeping?
  private(set) package var report: DeploymentReport

  package init(_ request: AppSpecRequest, root: EngineRoot, on host: any AppSpecHost) {
    self.request = request
    self.root = root
    self.host = host
    folder = root.deployment(request.id)
    report = DeploymentReport(deploymentID: request.id)
  }

  /// Runs the events until one fails.
  package mutating func run() async -> DeploymentReport {
    do {
      try await open()
      for event in request.eventsToRun { try await run(event) }
      if let kept { _ = try await host.run(kept.forgetting) }
    } catch let failure as DeploymentReport.Failure {
      report.error = failure
      await restore()
    } catch {
      report.error = DeploymentReport.Failure(SpecProblem(.other, "\(error)"))
      await restore()
    }
    return report
  }

  private mutating func restore() async {
    guard let kept else { return }
    do {
      let result = try await host.run(kept.restoring)
      report.error?.restored =
        result.status == 0 ? "the files of the previous revision are back" : result.problem("restoring the files").message
    } catch {
      report.error?.restored = "the files of the previous revision could not be restored: \(error)"
    }
  }

  /// Makes the deployment's folder and reads what there is.
  /// - Returns: the answers of `EngineRoot.opening`.
  mutating func look() async throws -> [String] {
    let result = try await host.run(root.opening(request))
    let facts = result.records.map { $0 ?? "" }
    guard result.status == 0, facts.count == 6 else { throw DeploymentReport.Failure(result.problem("making \(folder)")) }
    (directory, home) = (facts[0], facts[1])
    lastSuccessful = facts[2].isEmpty ? nil : HostPath(facts[2])
    mostRecent = facts[3].isEmpty ? nil : HostPath(facts[3])
    return facts
  }

  mutating func open() async throws {
    let facts = try await look()
    if (request.type == .directory) != (facts[4] == "d") {
      let found = facts[4] == "d" ? "a folder" : facts[4] == "f" ? "a file" : "not there"
      throw DeploymentReport.Failure(
        SpecProblem(.bundleInvalid, "the bundle \(request.bundle) is to be a \(request.type.rawValue), and is \(found)"))
    }
    if facts[4] == "d", facts[5] == "n" {
      throw DeploymentReport.Failure(
        SpecProblem(.appSpecMissing, "expecting an appspec file at \(request.bundle)/\(request.appSpecFile), but it is not found there"))
    }
    host.say("Deployment \(request.id) in \(folder)")
  }

  mutating func run(_ event: String) async throws {
    report.events.append(DeploymentReport.Event(event: event, status: .succeeded))
    var tail = DiagnosticsTail()
    do {
      switch event {
      case "DownloadBundle": try await download()
      case "Install": try await install()
      default: try await runHooks(of: event, tail: &tail)
      }
    } catch {
      var failure = error as? DeploymentReport.Failure ?? DeploymentReport.Failure(error as? SpecProblem ?? SpecProblem(.other, "\(error)"))
      failure.event = event
      if !tail.text.isEmpty { failure.log = tail.text }
      report.events[report.events.count - 1].status = .failed
      guard request.ignoresStopFailures, AppSpecRequest.leaveTaking.contains(event), !isUnpacked else { throw failure }
      host.say("\(event) failed and is passed over: \(failure.message)")
    }
  }

  private mutating func download() async throws {
    let result = try await host.run(root.unpacking(request, lastSuccessful: lastSuccessful))
    guard result.status == 0 else {
      var problem = result.problem("unpacking \(request.bundle)")
      if result.status == 10 { problem.category = .bundleInvalid }
      throw problem
    }
    mostRecent = folder
    isUnpacked = true
  }
}

// MARK: Hooks

extension AppSpecDeployment {
  /// The deployment folder whose scripts an event runs; nil where there is none, which makes the event a success without work.
  private func revision(for event: String) -> HostPath? {
    if runsPrevious { return lastSuccessful }
    if isUnpacked { return folder }
    return AppSpecRequest.leaveTaking.contains(event) ? lastSuccessful : folder
  }

  private func appSpec(in folder: HostPath, names: [String]) async throws -> (name: String, spec: AppSpec) {
    let result = try await host.run(root.reading(names, in: folder, remembered: folder != self.folder))
    guard let end = result.stdout.firstIndex(of: 0) else {
      throw SpecProblem(
        .appSpecMissing,
        "did not find an AppSpec file \"\(names[0])\" in the unpacked revision \(root.archive(in: folder))",
        fix: folder == self.folder ? nil : "the previous revision's folder was changed; to pass its scripts over: --ignore-stop-failures")
    }
    guard let text = String(validating: result.stdout[(end + 1)...], as: UTF8.self) else {
      throw SpecProblem(.yaml, "the appspec file is not UTF-8")
    }
    return (String(decoding: result.stdout[..<end], as: UTF8.self), try AppSpec(reading: text))
  }

  private mutating func runHooks(of event: String, tail: inout DiagnosticsTail) async throws {
    guard let revision = revision(for: event) else { return }
    let scripts = try await appSpec(in: revision, names: [request.appSpecFile]).spec.scripts(of: event)
    let log = folder.appending("logs/scripts.log")
    if !scripts.isEmpty { note(.event(event), log, &tail) }
    for script in scripts {
      do {
        let path = try await prepare(script, in: revision)
        note(.script(script.location), log, &tail)
        let gathering = Gathering(tail)
        let host = self.host
        let end = await host.run(Hook(script, at: path, variables: variables(event))) { output in
          host.log(.output(output), to: log)
          gathering.append(.output(output))
        }
        tail = gathering.tail
        let (result, message) = end.result(of: script)
        guard result == .success else {
          throw DeploymentReport.Failure(SpecProblem(result.category, message, line: script.line), code: result, script: script.location)
        }
        add(script, .success)
      } catch let failure as DeploymentReport.Failure {
        add(script, failure.code)
        throw failure
      }
    }
  }

  private mutating func add(_ script: HookScript, _ result: HookResult) {
    report.events[report.events.count - 1].scripts.append(DeploymentReport.Script(location: script.location, result: result))
  }

  private func note(_ entry: ScriptsLogEntry, _ log: HostPath, _ tail: inout DiagnosticsTail) {
    host.log(entry, to: log)
    tail.append(entry)
  }

  /// Looks whether the script is there, and makes it executable where it is not.
  private func prepare(_ script: HookScript, in revision: HostPath) async throws -> HostPath {
    let archive = root.archive(in: revision)
    guard HostPath(expanding: script.location, from: archive.text).relative(to: archive) != nil || script.location.hasPrefix("/") else {
      throw SpecProblem(.bundleEscapes, "the script \(script.location) leaves the bundle by ..", line: script.line)
    }
    let path = archive.appending(String(script.location.drop { $0 == "/" }))
    let program = ShellProgram("p=\(path.text.shellQuoted); [ -e \"$p\" ] || exit 3; [ -x \"$p\" ] || chmod a+x -- \"$p\" || exit 4")
    switch try await host.run(program).status {
    case 0: return path
    case 3:
      throw DeploymentReport.Failure(
        SpecProblem(.scriptMissing, "Script does not exist at specified location: \(path)", line: script.line), code: .scriptMissing,
        script: script.location)
    default:
      throw DeploymentReport.Failure(
        SpecProblem(.scriptNotExecutable, "Script at specified location: \(path) is not executable", line: script.line),
        code: .scriptNotExecutable, script: script.location)
    }
  }

  private func variables(_ event: String) -> [(name: String, value: String)] {
    [
      ("APPLICATION_NAME", request.application), ("DEPLOYMENT_GROUP_ID", root.group), ("DEPLOYMENT_GROUP_NAME", request.groupName),
      ("DEPLOYMENT_ID", request.id), ("LIFECYCLE_EVENT", event),
    ]
  }
}

// MARK: Install

extension AppSpecDeployment {
  private mutating func install() async throws {
    let (name, spec) = try await appSpec(in: folder, names: [request.appSpecFile, "appspec.yaml", "appspec.yml"])
    try checkEvents(of: spec)
    let tree = try BundleTree(root: root.archive(in: folder), listed: try await host.run(BundleTree.listing(of: root.archive(in: folder))))
    let list = root.cleanupList
    let left = try await host.run(ShellProgram("[ ! -e \(list.text.shellQuoted) ] || cat -- \(list.text.shellQuoted)"))
    guard left.status == 0 else { throw left.problem("reading \(list)") }
    let previous = CleanupList(reading: String(decoding: left.stdout, as: UTF8.self))
    let planner = InstallPlanner(
      spec: spec, tree: tree, previous: previous, behavior: request.fileExistsBehavior.uppercased(), directory: directory, home: home)
    let question = try planner.question()
    let state = try HostState(question, answered: try await host.run(question.program))
    let (removals, planned) = planner.plan(on: state)
    switch planned {
    case .failure(let problem):
      // As the agent, which finds out after it removed the old files; a restore would only bring them back.
      if !request.restore { try await carryOut(InstallProgram(removing: removals, list: list)) }
      throw problem
    case .success(let plan):
      if request.restore { try await keep(plan, previous: previous) }
      do {
        try await carryOut(InstallProgram(plan, list: list, record: root.installList, work: folder))
      } catch {
        try await cut(plan.cleanup)
        throw error
      }
      if let problem = plan.failure { throw problem }
    }
    let result = try await host.run(root.remembering(folder, appSpecFile: name))
    guard result.status == 0 else { throw result.problem("writing \(root.lastSuccessful)") }
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

  private func carryOut(_ program: InstallProgram) async throws {
    let result = try await host.run(program.shell)
    guard result.status == 0 else { throw result.problem("the installation") }
  }

  /// After a step failed that could not fail by the plan: the list keeps what is there.
  private func cut(_ list: CleanupList) async throws {
    var question = HostState.Question()
    question.paths = list.lines.map(\.path)
    let state = try HostState(question, answered: try await host.run(question.program))
    var program = ShellProgram()
    program.write(CleanupList(list.lines.filter { state.kind(of: $0.path) != .absent }).rows, to: root.cleanupList)
    _ = try await host.run(program)
  }

  private mutating func keep(_ plan: InstallPlan, previous: CleanupList) async throws {
    let keeping = Keeping(plan, previous: previous, lastSuccessful: lastSuccessful, root: root, folder: folder)
    let result = try await host.run(keeping.keeping)
    guard result.status == 0 else { throw result.problem("keeping the files that are replaced") }
    if request.leavesWayBack { try await leaveWayBack(keeping) }
    kept = keeping
  }
}

/// Gathers a script's output from whatever thread it comes on.
private final class Gathering: Sendable {
  private let state: Mutex<DiagnosticsTail>
  init(_ tail: DiagnosticsTail) { state = Mutex(tail) }
  func append(_ entry: ScriptsLogEntry) { state.withLock { $0.append(entry) } }
  var tail: DiagnosticsTail { state.withLock { $0 } }
}
