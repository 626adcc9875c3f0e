import DeployCore
package import DeployModel

/// What a survey of a simulated host reports.
extension SimulatedHost {
  /// - Parameters:
  ///   - application: the application whose receipts count, or nil for any application.
  ///   - shared: the shared paths of the recipe, which are looked for below `path`.
  package func state(at now: Timestamp, for application: String? = nil, shared: [String] = [], below path: String = "") -> HostState {
    let isStrange = receipt.map { !isOwn($0, application) } ?? false
    let named = [current, receipt?.release.id, previous?.release.id].compactMap { $0 }
    var state = HostState(
      facts: HostFacts(
        shell: "dash", user: "deploy", home: "/home/deploy", kernel: "6.1", architecture: "x86_64",
        tools: ["curl", "gzip", "setsid", "sha256sum", "sudo", "systemctl", "tar"], bootID: "boot-\(boot)", processors: 2,
        freeBytes: freeBytes, freeInodes: 1_000_000,
        machine: MachineFacts(distribution: "debian", version: "12", memory: 8 << 30, addresses: ["192.0.2.1"], initSystem: "systemd")),
      current: current, releases: releases.reversed().filter(\.complete).map(\.release.id), receipt: isStrange ? nil : receipt,
      previous: previous.flatMap { isOwn($0, application) ? $0 : nil },
      lock: lock.map { held in
        var lock = held.lock
        lock.leaseLeft = held.left(at: now)
        return lock
      },
      fence: fence.number, jobs: jobs.running.compactMap { jobs[$0].told }, lacks: lacks(shared, below: path), strange: strange,
      damage: damage.filter { named.contains($0.release) }, stranger: isStrange ? receipt : nil,
      place: HostPlace(id: name, path: "/srv", folder: name), failedRestore: failedRestore)
    state.isBegun = isBegun ? true : nil
    state.parked = lock?.parked
    state.marks = marks.isEmpty ? nil : marks
    let places = line.filter { $0.isHeld(at: now) }.map(\.told)
    state.line = places.isEmpty ? nil : places
    return state
  }

  /// Whether the deployment that holds the lock has run commands.
  private var isBegun: Bool {
    lock.map { held in jobs.contains { $0.deployment == held.lock.deployment && $0.intent.operation.words != nil } } ?? false
  }

  /// Whether the host may run something else than its receipt says. See ``HostState/isUnsettled``.
  var isUnsettled: Bool { failedRestore != nil || isAbandoned }

  /// Whether the deployment that holds the lock has run commands on this host, and has neither finished the host nor rolled it back.
  private var isAbandoned: Bool {
    guard isBegun, let holder = lock?.lock.deployment else { return false }
    return receipt?.deployment != holder && receipt?.undid != holder
  }

  /// Returns why a release with these shared paths cannot be staged yet, or nil if it can be staged.
  func lacks(_ shared: [String], below path: String) -> Failure? {
    let missing = shared.map { "\(path)/shared/\($0)" }.filter { file in absent.contains { $0.isExactly(file) } }
    if missing.isEmpty { return nil }
    return Failure(.missing, "shared files are not there yet: \(missing.joined(separator: ", "))", fix: "bring them to \(name)")
  }

  func isOwn(_ receipt: Receipt, _ application: String?) -> Bool { application.map { receipt.application.isExactly($0) } ?? true }
}

extension SimulatedJob {
  /// The job as a survey reports it, or nil if the job runs nothing that belongs to a recipe.
  fileprivate var told: RunningJob? {
    guard let words = intent.operation.words else { return nil }
    return RunningJob(
      deployment: deployment, intent: intent.id, fence: fence,
      command: String(decoding: words.line.utf8.map { [9, 10].contains($0) ? 32 : $0 }, as: UTF8.self), since: began)
  }
}
