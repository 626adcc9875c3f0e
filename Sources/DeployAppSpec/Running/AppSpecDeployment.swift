/// The host of a deployment, which the caller implements. This module does no other input or output.
package protocol AppSpecHost: Sendable {
  /// Runs a program with an empty standard input, in the engine's working directory.
  func run(_ program: ShellProgram) async throws -> ShellResult
  /// Runs a program that changes nothing, except that it makes the deployment's own folders. It needs no lock. If a program is repeated, it
  /// might get its first answer again.
  func answer(_ program: ShellProgram) async throws -> ShellResult
  /// Skips a question, but uses up its number. An engine that resumes a deployment identifies questions by their numbers, so later
  /// questions must keep theirs.
  func skipQuestion()
  /// Runs a script in a process group of its own, without input. `output` is called with each line of output as soon as it arrives.
  func run(_ hook: Hook, output: @escaping @Sendable (HookOutput) -> Void) async -> HookEnd
  /// Adds the time and an entry to a file. If the file's folder is missing, it is created.
  func log(_ entry: ScriptsLogEntry, to file: HostPath)
  /// Shows a line to the person at the terminal.
  func say(_ line: String)
  /// Warns the person in one or more lines, which also go into the deployment's output.
  func warn(_ text: String)
  /// Why nothing more is allowed to begin, or nil if more is allowed to begin.
  var stopped: String? { get }
}

extension AppSpecHost {
  package var stopped: String? { nil }
  package func warn(_ text: String) { say("warning: " + text) }
  package func answer(_ program: ShellProgram) async throws -> ShellResult { try await run(program) }
  package func skipQuestion() {}
}

/// Deploys one bundle to one host, event by event, as the CodeDeploy agent does.
package struct AppSpecDeployment: Sendable {
  package let request: AppSpecRequest
  package let root: EngineRoot
  let host: any AppSpecHost
  let folder: HostPath

  /// Whether the deployment has been opened on the host. Until then, the facts below are unknown.
  private(set) var isOpen = false
  private(set) var directory = "/"
  private(set) var home = "/"
  private(set) var lastSuccessful: HostPath?
  private var bundle = (kind: "", hasAppSpec: false)
  var isUnpacked = false
  /// Whether all events run the scripts of the last revision that was installed successfully.
  var runsPrevious = false
  package internal(set) var report: DeploymentReport

  package init(_ request: AppSpecRequest, root: EngineRoot, on host: any AppSpecHost) {
    self.request = request
    self.root = root
    self.host = host
    folder = root.deployment(request.id)
    report = DeploymentReport(deploymentID: request.id)
  }

  /// Runs the events until all have run, one of them fails, or the host is told to stop.
  package mutating func run() async -> DeploymentReport {
    do {
      _ = try await ask(ShellProgram())
      try checkBundle()
      host.say("Deployment \(request.id) in \(folder)")
      for event in request.eventsToRun { try await run(event) }
      if request.restore { try await forget() }
    } catch {
      report.error = error as? DeploymentReport.Failure ?? DeploymentReport.Failure(SpecProblem(.other, "\(error)"))
      if request.restore { await restore() }
    }
    return report
  }

  private mutating func restore() async {
    do {
      if try await undo() { report.error?.restored = "the files of the previous revision are back" }
    } catch let failure as DeploymentReport.Failure {
      report.error?.restored = [failure.message, failure.fix].compactMap { $0 }.joined(separator: "; ")
    } catch {
      report.error?.restored = "the files of the previous revision could not be restored: \(error)"
    }
  }

  /// Runs a program. Before the first program, this also makes the deployment's folder and surveys the host.
  /// - Parameter isQuestion: whether the program changes nothing.
  /// - Returns: the result of the program, without the answers of the survey.
  mutating func ask(_ program: ShellProgram, isQuestion: Bool = true) async throws -> ShellResult {
    guard !isOpen else { return try await isQuestion ? host.answer(program) : host.run(program) }
    var opening = root.opening(request)
    opening.add(program)
    var result = try await isQuestion ? host.answer(opening) : host.run(opening)
    var answer = result.answer
    guard let directory = answer.word(), let home = answer.word(), let last = answer.word(), let kind = answer.word(),
      let has = answer.word()
    else { throw DeploymentReport.Failure(result.problem("making \(folder)")) }
    (self.directory, self.home, bundle, isOpen) = (directory, home, (kind, has == "y"), true)
    lastSuccessful = last.isEmpty ? nil : HostPath(last)
    result.stdout = Array(answer.rest)
    return result
  }

  private func checkBundle() throws {
    if (request.type == .directory) != (bundle.kind == "d") {
      let found = bundle.kind == "d" ? "a folder" : bundle.kind == "f" ? "a file" : "not there"
      throw DeploymentReport.Failure(
        SpecProblem(.bundleInvalid, "the bundle \(request.bundle) is to be a \(request.type.rawValue), and is \(found)"))
    }
    if bundle.kind == "d", !bundle.hasAppSpec {
      throw DeploymentReport.Failure(
        SpecProblem(.appSpecMissing, "expecting an appspec file at \(request.bundle)/\(request.appSpecFile), but it is not found there"))
    }
  }

  mutating func run(_ event: String) async throws {
    report.events.append(DeploymentReport.Event(event: event, status: .succeeded))
    var tail = DiagnosticsTail()
    do {
      try checkStopped()
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
      guard request.ignoresStopFailures, AppSpecRequest.outgoingEvents.contains(event), !isUnpacked else { throw failure }
      host.warn("\(event) failed and is skipped: \(failure.message)")
    }
  }

  private mutating func download() async throws {
    let result = try await ask(root.unpacking(request), isQuestion: false)
    try checkBundle()
    guard result.status == 0 else {
      var problem = result.problem("unpacking \(request.bundle)")
      if result.status == 10 { problem.category = .bundleInvalid }
      throw problem
    }
    if request.type == .zip, result.complaint.contains("backslashes as path separators") {
      host.warn("the zip archive has backslashes between folders; they were read as slashes")
    }
    isUnpacked = true
  }

  /// Reads the output of `EngineRoot.reading`.
  func appSpec(_ result: ShellResult, _ answer: inout Answer, of revision: HostPath, named: String) throws -> (name: String, spec: AppSpec)
  {
    guard let name = answer.word() else { throw result.problem("looking at the unpacked revision") }
    guard !name.isEmpty else {
      throw SpecProblem(
        .appSpecMissing, "did not find an AppSpec file \"\(named)\" in the unpacked revision \(root.archive(in: revision))",
        fix: revision == folder ? nil : "the previous revision's folder was changed; to pass its scripts over: --ignore-stop-failures")
    }
    guard let bytes = answer.file() else { throw result.problem("reading \(name)") }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw SpecProblem(.yaml, "the appspec file is not UTF-8") }
    return (name, try AppSpec(reading: text))
  }
}
