import DeployModel
import PlanDrafts

/// Example deployments for the tests of reports.
enum Stories {
  static let digest = Digest(hex: String(repeating: "3f2a91cbd012", count: 5) + "abcd")
  static let start = Timestamp(milliseconds: 1_795_260_645_000)

  static func plan(
    hosts names: [String] = ["web1", "web2"], kind: Plan.Kind = .deploy,
    id: Deployment.ID = "20261121-113045-x7k2", isFirst: Bool = false
  ) -> Plan {
    let release = Release(id: "8d1e00112233", bundle: digest)
    let inputs = Receipt.Inputs(
      bundle: digest, sources: digest, parameters: .record([]), shared: [], secrets: [])
    return PlanDraft(
      id: id, kind: kind, application: "shop", recipe: "web", group: "production",
      actor: "kim@laptop", at: start, engine: "0.1.0",
      bundle: Bundle(digest: digest, files: 3000, bytes: 60_123_456, source: "dist"),
      release: release,
      recipes: [PinnedRecipe(name: "web", sources: digest, hooks: [])],
      hosts: names.enumerated().map {
        HostPlan(
          host: Host(number: $0, name: $1), target: release, current: $0 == 0 && !isFirst ? "77aa00112233" : nil
        )
      },
      stages: [.upload, .rollout(nil)],
      bounds: Bounds(floor: 1, parallel: 1, failed: 0, unreachable: 0), placement: Placement(path: "/srv/shop"),
      inputs: inputs,
      lock: LockRequest(token: "t", owner: "kim@laptop", purpose: "deploy web", fence: 1)
    ).plan
  }

  /// Returns entries with these facts, one second apart.
  static func entries(_ facts: [Entry.Fact]) -> [Entry] {
    facts.enumerated().map { Entry(sequence: $0, at: start + .seconds($0), fact: $1) }
  }

  static func run(
    _ id: Int, on host: Int, _ line: String, event: LifecycleEvent? = nil,
    timeout: Interval = .minutes(5)
  ) -> Entry.Fact {
    .intended(
      Intent(
        id: id, place: .host(host), operation: .run(Command(.shell(line))), timeout: timeout,
        site: Intent.Site(event: event)))
  }

  static let broken = ScriptError(
    Failure(
      .command, "curl -f http://localhost:8080/ready ended with exit status 22",
      fix: "look at the service's log"),
    place: SourcePlace(file: "deploy.lua", line: 31),
    trace: ["deploy.lua:31 in hook ValidateService"], host: "web1",
    stderr: "curl: (22) The requested URL returned error: 503\n")

  /// A deployment in which web1 fails in ValidateService and is restored, and web2 is not begun.
  static var failing: [Entry] {
    entries([
      .planned(plan()), .happened(.started), .noted(.stageBegan(name: "upload")),
      .noted(.stageEnded(name: "upload", error: nil)),
      .noted(.stageBegan(name: "rollout")), .noted(.waveBegan(number: 1, hosts: [0])),
      .noted(.host(0, .changing)),
      .noted(.eventBegan(host: 0, .validateService)),
      run(1, on: 0, "curl -f http://localhost:8080/ready", event: .validateService),
      .happened(.finished(intent: 1, Outcome(failure: broken.failure, status: 22))),
      .noted(.eventEnded(host: 0, .validateService, error: broken)),
      .noted(.host(0, .restoring(broken))),
      .noted(.host(0, .restored(broken))),
      .noted(.waveEnded(number: 1, WaveResult(succeeded: [], failed: [0]))),
      .noted(.stageEnded(name: "rollout", error: broken)),
      .concluded(Conclusion(status: .failed, error: broken, hosts: [.restored(broken), .pending])),
    ])
  }

  static var succeeding: [Entry] {
    entries([
      .planned(plan()), .happened(.started), .noted(.stageBegan(name: "upload")),
      .noted(.stageEnded(name: "upload", error: nil)),
      .noted(.host(0, .changing)), .noted(.host(0, .succeeded)), .noted(.host(1, .changing)),
      .noted(.host(1, .succeeded)),
      .concluded(Conclusion(status: .succeeded, hosts: [.succeeded, .succeeded])),
    ])
  }
}
