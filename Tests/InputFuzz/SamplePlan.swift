import DeployModel
import PlanDrafts

/// A plan for two hosts, and the journal of its deployment.
enum SamplePlan {
  static let digest = Digest(hex: String(repeating: "3f2a91cb", count: 8))

  static func plan(_ id: Deployment.ID) -> Plan {
    let release = Release(id: "8d1e00112233", bundle: digest)
    let inputs = Receipt.Inputs(bundle: digest, sources: digest, parameters: .record(of: [("n", .int(3))]), shared: [], secrets: [])
    let hosts = (0..<2).map {
      HostPlan(host: Host(number: $0, name: "web\($0)"), target: release, current: "77aa00112233", restoring: 0, inputs: inputs)
    }
    return PlanDraft(
      id: id, application: "shop", recipe: "web", group: "production", actor: "kim@laptop", at: Timestamp(milliseconds: 1_795_260_645_000),
      engine: "0.1.0", bundle: Bundle(digest: digest, files: 3, bytes: 600, source: "dist"), release: release,
      recipes: [PinnedRecipe(name: "web", sources: digest, hooks: [])], hosts: hosts, stages: [.upload, .rollout(nil)],
      bounds: Bounds(floor: 1, parallel: 1, failed: 0, unreachable: 0), placement: Placement(path: "/srv/shop"), inputs: inputs,
      lock: LockRequest(token: "t", owner: "kim@laptop", purpose: "deploy web", fence: 1)
    ).plan
  }

  static func facts(_ id: Deployment.ID) -> [Entry.Fact] {
    let failure = Failure(.command, "`true` exited with 1")
    let error = ScriptError(failure, host: "web1")
    func run(_ intent: Int, _ host: Int) -> Entry.Fact {
      .intended(
        Intent(
          id: intent, place: .host(host), operation: .run(Command(.shell("true"))), timeout: .minutes(5),
          site: Intent.Site(event: .applicationStart, release: "8d1e00112233")))
    }
    return [
      .planned(plan(id)), .happened(.started), .noted(.stageBegan(name: "rollout")), .noted(.waveBegan(number: 1, hosts: [0, 1])),
      .noted(.eventBegan(host: 0, .applicationStart)), run(0, 0), run(1, 1), .happened(.finished(intent: 0, .done(.int(1)))),
      .noted(.host(0, .succeeded)),
      .happened(.finished(intent: 1, Outcome(failure: failure, status: 1, stderr: Captured(text: "no"), duration: .seconds(3)))),
      .noted(.eventEnded(host: 1, .applicationStart, error: error)), .noted(.host(1, .restored(error))), .happened(.rang(timer: 0)),
      .noted(.waveEnded(number: 1, WaveResult(succeeded: [0], failed: [1]))), .noted(.stageEnded(name: "rollout", error: error)),
      .noted(.remark("budget spent")),
      .concluded(Conclusion(status: .failed, error: error, rollback: [0], hosts: [.succeeded, .restored(error)])),
    ]
  }

  static func entries(_ id: Deployment.ID) -> [Entry] {
    facts(id).enumerated().map { Entry(sequence: $0, at: Timestamp(milliseconds: 1_795_260_645_000 + $0), fact: $1) }
  }
}
