import DeployModel
import DeployStore
import PlanDrafts

/// Sample entries with every kind of fact.
enum Samples {
  static let failure = Failure(.command, "`bin/migrate` exited with 3\nand said \"no\" \\ \u{1} é 🚀", fix: "run it by hand")
  static let place = SourcePlace(file: "deploy.lua", line: 31)
  static let error = ScriptError(failure, place: place, trace: ["deploy.lua:31 in hook"], host: "web1", stderr: "x\ty")
  static let digest = Digest(of: "x")
  static let release = Release(id: "0123456789ab", bundle: digest, shared: ["log/", "env"])
  static let value = Value.record(of: [
    ("b", .bool(true)), ("f", .number(2)), ("g", .number(0.1)), ("i", .int(-9_007_199_254_740_993)), ("n", .null), ("big", .number(1e300)),
    ("l", .list([.int(0), .text(""), .list([]), .record([]), .number(.infinity), .number(-0.5)])), ("é \"q\"", .text("ü\u{0}\n")),
  ])
  static let inputs = Receipt.Inputs(bundle: digest, sources: digest, parameters: value, shared: ["a"], secrets: ["S"])
  static let receipt = Receipt(
    application: "shop", group: "production", release: release, inputs: inputs, deployment: "d-1", recipe: "web", actor: "me@here",
    at: Timestamp(milliseconds: 1), chain: digest)
  static let lock = LockRequest(token: "t", owner: "me@here", purpose: "deploy", fence: 7, inherits: "u", expects: "d-0", orphans: .kill)
  static let command = Command(
    .argv(["a", "b c"]), environment: [.init("A", Text(pieces: [.literal("x"), .secret(name: "S")]))], directory: "d", input: "in",
    user: "u", merge: true, onLost: .repeat)

  static let operations: [Operation] = [
    .run(command), .run(Command(.shell("echo \"$A\""))), .read(path: "/etc/x", limit: 10), .exists(path: "p"),
    .check(.http(url: "http://localhost/", status: [200])), .check(.port(80)), .check(.command("true")),
    .write(path: "p", content: Text(pieces: [.secret(name: "S")]), mode: 0o600, owner: nil),
    .write(path: "p", content: "x", mode: nil, owner: "www"), .link(target: "t", path: "p"), .upload(from: "a", to: "b"),
    .download(from: "a", to: "b"), .stage(release), .activate("0123456789ab"), .activate(nil), .discard("x"),
    .prune(keep: 3, pinned: ["a"]), .remove(shared: true), .record(receipt), .lock(lock), .unlock(token: "t"), .sources(digest),
    .mark(
      MarkRequest(
        .end,
        StageMark(
          stage: "migrate", revision: digest, state: .done, deployment: "d-1", by: "o", at: Timestamp(milliseconds: 7), isIrreversible: true
        ))),
  ]

  static let outcomes: [Outcome] = [
    .done(), .done(value), .failed(.timeout, "too long"),
    Outcome(
      failure: failure, status: 3, stdout: Captured(text: "o\u{1b}[0m"),
      stderr: Captured(text: "", bytes: 9, truncated: true, digest: digest),
      duration: .seconds(3)),
  ]

  static let message = Message(
    id: "m1", .promote, gate: "latency", by: "kim@laptop", comment: "slow", at: Timestamp(milliseconds: 1_764_000_000_000))

  static let statuses: [HostStatus] = [
    .pending, .changing, .ready(.validate), .succeeded, .unchanged, .kept, .leftOut(failure), .restoring(error), .restored(error),
    .restoreFailed(error, restoring: error, commands: ["mv a b"]), .failed(error), .unknown(failure),
  ]

  static let weights = Weights([.init("blue", 90), .init("green", 10)])!
  static let gate = Gate(
    .check, name: "latency", message: "is it fast?", time: .minutes(10),
    watch: Watch(.check(.http(url: "http://localhost/", status: [200])), hosts: [0, 1], every: .seconds(5), looks: 121, allow: 2),
    undecided: .pass, place: place)

  static let notes: [Note] =
    [
      .stageBegan(name: "upload"), .stageEnded(name: "upload", error: nil), .stageEnded(name: "x", error: error),
      .waveBegan(number: 1, hosts: [0, 1, 12]), .waveEnded(number: 1, WaveResult(succeeded: [0], failed: [1])),
      .waveBegan(number: 2, hosts: [1], upto: .validate), .waveEnded(number: 2, WaveResult(succeeded: [], failed: [], ready: [1])),
      .eventBegan(host: 0, .install), .eventEnded(host: 0, .install, error: nil), .eventEnded(host: 0, .validateService, error: error),
      .eventSkipped(host: 2, .applicationStop, reason: "nothing there"), .log(host: 3, LogLine(.warn, "careful")),
      .log(host: nil, LogLine(.info, "")), .remark("budget spent"),
      .answered(message: "m1", accepted: false, "it is paused already"), .paused(nil), .paused(message),
      .gateOpened(number: 1, gate),
      .gateOpened(number: 2, Gate(.time, name: "wait", time: .minutes(5), failing: .return, undecided: .fail)),
      .gateClosed(number: 1, GateAnswer(.inconclusive, comment: "no answer")), .stopped(reason: "enough", left: [1]),
      .serviceChanged(host: 1, .draining), .shifted(from: nil, to: weights), .shifted(from: weights, to: weights),
      .gateClosed(number: 2, GateAnswer(.pass, by: "kim@laptop", comment: "seen", at: Timestamp(milliseconds: 1_764_000_000_000))),
    ] + statuses.enumerated().map { .host($0, $1) }

  static func plan(_ id: Deployment.ID, hosts: Int = 2) -> Plan {
    let facts = HostFacts(
      shell: "dash", user: "u", tools: ["curl"], bootID: "b", freeBytes: 1 << 40, freeInodes: 5, clockSkew: .seconds(-2))
    let all = (0..<hosts).map { number in
      HostPlan(
        host: Host(number: number, name: "web\(number)", address: "10.0.0.1", port: 22, user: "u", root: "/r", argv: ["sh"], vars: value),
        action: number == 1 ? .leftOut(failure) : .change, facts: facts, target: release, previous: receipt, current: "old",
        restoring: 0, inputs: inputs)
    }
    return PlanDraft(
      id: id, kind: .rollback(of: "d-0"), application: "shop", recipe: "web", group: "production", actor: "me@here",
      at: Timestamp(milliseconds: 1_795_000_000_000), engine: "1.0", bundle: Bundle(digest: digest, files: 1, bytes: 2, source: "dist"),
      release: release,
      recipes: [PinnedRecipe(name: "web", sources: digest, hooks: [.init(event: .install, function: 3, place: place)])], parameters: value,
      hosts: all,
      stages: [
        .upload, .rollout(nil), .rollout(Strategy(name: "rolling", function: 1, options: value, batch: .percent(25))),
        .script(name: "migrate", summary: "s", function: 2, when: 4, place: place),
        .script(
          name: "contract", summary: "s", function: 2, when: nil, place: place,
          terms: StageTerms(once: .revision, ground: .group("db"), irreversible: true, settled: .told)),
      ],
      bounds: Bounds(floor: 1, parallel: 2, failed: 0, unreachable: 0), placement: Placement(path: "/srv/shop", shared: ["log/"]),
      onFailure: [Body(recipe: 0, function: 1)], inputs: inputs, lock: lock, seed: .max, secrets: ["S"]
    ).plan.edited {
      $0.alarm = Alarm(during: .minutes(60), check: .http(url: "http://localhost/", status: [200]), allow: 3, place: place)
    }
  }

  static let facts: [Entry.Fact] =
    [
      .planned(plan("d-1")), .happened(.started), .happened(.rang(timer: 4)), .happened(.cancelled(reason: "Ctrl-C")),
      .happened(.said(message)),
      .resumed(actor: "you@there"),
      .concluded(
        Conclusion(
          status: .refused, error: error,
          holder: Lock(
            deployment: "d-2", token: "t", owner: "o", purpose: "p", since: Timestamp(milliseconds: -5), fence: 3, leaseLeft: -1),
          rollback: [1, 2], hosts: statuses)),
      .concluded(Conclusion(status: .succeeded, hosts: [])),
    ]
    + outcomes.enumerated().map { .happened(.finished(intent: $0, $1)) } + notes.map(Entry.Fact.noted)
    + operations.enumerated().map { index, operation in
      .intended(
        Intent(
          id: index, place: index == 0 ? .engine : .host(index), operation: operation, timeout: .minutes(10),
          site: .init(event: .beforeInstall, stage: "rollout", release: "0123456789ab", previous: nil)))
    }

  static func entry(_ sequence: Int, _ fact: Entry.Fact) -> Entry {
    Entry(sequence: sequence, at: Timestamp(milliseconds: 1_795_000_000_000 + sequence), fact: fact)
  }

  /// Returns the first `count` entries of a deployment, beginning with its plan.
  static func deployment(_ id: Deployment.ID, count: Int, concluded: Bool = false) -> [Entry] {
    (0..<count).map { sequence in
      if sequence == 0 { return entry(0, .planned(plan(id))) }
      if concluded, sequence == count - 1 { return entry(sequence, .concluded(Conclusion(status: .succeeded, hosts: [.succeeded]))) }
      return entry(sequence, .noted(.remark("remark \(sequence)")))
    }
  }
}
