import DeployModel
import Synchronization

/// Runs the scripts of a lifecycle event.
extension AppSpecDeployment {
  mutating func runHooks(of event: String, tail: inout DiagnosticsTail) async throws {
    let isPrevious = runsPrevious || !isUnpacked && AppSpecRequest.outgoingEvents.contains(event)
    let result = try await ask(root.reading([request.appSpecFile], of: isPrevious ? .last : .deployment(folder)))
    // The first deployment has no previous revision, so there is nothing to stop.
    guard let revision = isPrevious ? lastSuccessful : folder else { return }
    var answer = result.answer
    let scripts = try appSpec(result, &answer, of: revision, named: request.appSpecFile).spec.scripts(of: event)
    let log = folder.appending("logs/scripts.log")
    if !scripts.isEmpty {
      host.log(.event(event), to: log)
      tail.append(.event(event))
    }
    for script in scripts {
      try checkStopped()
      let (result, message) = try await run(script, of: event, in: revision, log, &tail)
      report.events[report.events.count - 1].scripts.append(DeploymentReport.Script(location: script.location, result: result))
      guard result == .success else {
        let category = result == .unknownError ? .interrupted : result.category
        throw DeploymentReport.Failure(SpecProblem(category, message, line: script.line), code: result, script: script.location)
      }
    }
  }

  /// - Throws: if the host was told to stop. In that case, nothing more is allowed to begin.
  func checkStopped() throws {
    if let why = host.stopped { throw SpecProblem(.interrupted, why) }
  }

  private func run(
    _ script: HookScript, of event: String, in revision: HostPath, _ log: HostPath, _ tail: inout DiagnosticsTail
  ) async throws -> (HookResult, String) {
    let archive = root.archive(in: revision)
    guard HostPath(expanding: script.location, from: archive.text).relative(to: archive) != nil || script.location.isAbsolutePath else {
      throw SpecProblem(.bundleEscapes, "the script \(script.location) leaves the bundle by ..", line: script.line)
    }
    let path = archive.appending(String(script.location.drop { $0 == "/" }))
    let gathering = Gathering(tail, first: .script(script.location))
    let host = self.host
    let end = await host.run(Hook(script, at: path, variables: variables(event))) { output in
      for entry in gathering.add(.output(output)) { host.log(entry, to: log) }
    }
    if end.hasBegun { for entry in gathering.add(nil) { host.log(entry, to: log) } }
    tail = gathering.tail
    return end.result(of: script, at: path)
  }

  private func variables(_ event: String) -> [(name: String, value: String)] {
    [
      ("APPLICATION_NAME", request.application), ("DEPLOYMENT_GROUP_ID", root.group), ("DEPLOYMENT_GROUP_NAME", request.groupName),
      ("DEPLOYMENT_ID", request.id.rawValue), ("LIFECYCLE_EVENT", event),
    ]
  }
}

/// Collects a script's output, which any thread can add. The entry with the script's name comes first.
private final class Gathering: Sendable {
  private let state: Mutex<(tail: DiagnosticsTail, first: ScriptsLogEntry?)>
  init(_ tail: DiagnosticsTail, first: ScriptsLogEntry) { state = Mutex((tail, first)) }

  /// - Returns: the entries that this call adds to the log.
  func add(_ entry: ScriptsLogEntry?) -> [ScriptsLogEntry] {
    state.withLock { state in
      let entries = [state.first, entry].compactMap { $0 }
      state.first = nil
      for entry in entries { state.tail.append(entry) }
      return entries
    }
  }
  var tail: DiagnosticsTail { state.withLock { $0.tail } }
}
