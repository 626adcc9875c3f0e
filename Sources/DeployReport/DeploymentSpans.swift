package import DeployModel

/// Turns journal entries into spans of OpenTelemetry's OTLP in JSON. There is one span for the deployment. Below it, there is one for each
/// wave, one for each stage, and one for each lifecycle event of each host. The texts come from the journal, in which secrets have already
/// been replaced.
package struct DeploymentSpans: Sendable {
  private struct Key: Hashable {
    var host: Int
    var event: LifecycleEvent
  }
  private let names: TraceNames
  private var plan: Plan?
  private var stages: [String: Timestamp] = [:]
  private var waves: [Int: Timestamp] = [:]
  private var events: [Key: Timestamp] = [:]
  /// How often a lifecycle event has begun on a host. Each repetition gets its own span.
  private var counts: [Key: Int] = [:]
  private var wave: Int?
  /// The largest size of an error's text, in bytes.
  private static let most = 500

  package init(_ names: TraceNames) { self.names = names }

  /// - Returns: the spans that ended with the entry.
  package mutating func take(_ entry: Entry) -> [Value] {
    switch entry.fact {
    case .planned(let plan):
      self = DeploymentSpans(names)
      self.plan = plan
    case .noted(let note): return take(note, at: entry.at)
    case .concluded(let conclusion): return plan.map { [root($0, conclusion, at: entry.at)] } ?? []
    case .happened, .intended, .resumed: break
    }
    return []
  }

  private mutating func take(_ note: Note, at now: Timestamp) -> [Value] {
    guard let plan else { return [] }
    let root = names.span(plan.origin.id)
    switch note {
    case .stageBegan(let name): stages[name] = now
    case .stageEnded(let name, let error):
      guard let began = stages.removeValue(forKey: name) else { return [] }
      return [span(names.span(plan.id, "stage", name), below: root, "stage \(name)", began, now, task(plan, name, error), error)]
    case .waveBegan(let number, _, _): (waves[number], wave) = (now, number)
    case .waveEnded(let number, let result):
      guard let began = waves.removeValue(forKey: number) else { return [] }
      let facts: [(String, Value)] = [
        ("lander.wave", .int(number)), ("lander.hosts.succeeded", .int(result.succeeded.count)),
        ("lander.hosts.failed", .int(result.failed.count)),
      ]
      return [
        span(names.span(plan.id, "wave", "\(number)"), below: root, "wave \(number)", began, now, facts, nil, isBad: !result.failed.isEmpty)
      ]
    case .eventBegan(let host, let event):
      let key = Key(host: host, event: event)
      events[key] = now
      counts[key, default: 0] += 1
    case .eventEnded(let host, let event, let error): return step(plan, Key(host: host, event: event), error, now)
    default: break
    }
    return []
  }

  private mutating func step(_ plan: Plan, _ key: Key, _ error: ScriptError?, _ now: Timestamp) -> [Value] {
    guard let began = events.removeValue(forKey: key) else { return [] }
    let host = plan.hosts.indices.contains(key.host) ? plan.hosts[key.host].host.name : "\(key.host)"
    let (event, count) = (key.event.rawValue, counts[key] ?? 1)
    let id = count == 1 ? names.span(plan.id, host, event) : names.span(plan.id, host, event, "\(count)")
    let above = wave.flatMap { waves[$0] == nil ? nil : names.span(plan.id, "wave", "\($0)") } ?? names.span(plan.id)
    return [span(id, below: above, event, began, now, task(plan, event, error) + [("host.name", .text(host))], error)]
  }

  private func task(_ plan: Plan, _ name: String, _ error: ScriptError?) -> [(String, Value)] {
    [
      ("cicd.pipeline.task.name", .text(name)), ("cicd.pipeline.task.type", "deploy"),
      ("cicd.pipeline.task.run.result", error == nil ? "success" : "failure"), ("deployment.id", .text(plan.id.rawValue)),
    ]
  }

  private func root(_ plan: Plan, _ conclusion: Conclusion, at now: Timestamp) -> Value {
    let above: String? = if case .rollback(of: let failed?) = plan.kind { names.span(failed) } else { names.parent }
    let verb = plan.kind.isRollback ? "REVERT" : "RUN"
    var facts: [(String, Value)] =
      Self.common(plan, conclusion) + [
        ("cicd.pipeline.action.name", .text(verb)), ("cicd.pipeline.run.id", .text(plan.id.rawValue)),
        ("deployment.id", .text(plan.id.rawValue)), ("deployment.name", .text(plan.subject.application)),
        ("deployment.status", conclusion.status == .succeeded || conclusion.status == .partial ? "succeeded" : "failed"),
        ("lander.hosts", .int(plan.hosts.count)),
      ]
    if let digest = plan.content.bundle?.digest { facts.append(("lander.bundle", .text(digest.hex))) }
    if let url = plan.origin.provenance?.job?.url { facts.append(("cicd.pipeline.run.url.full", .text(url))) }
    if let commit = plan.origin.provenance?.commit {
      facts.append(("vcs.ref.head.revision", .text(commit.id)))
      if let name = commit.tag ?? commit.branch {
        facts += [("vcs.ref.head.name", .text(name)), ("vcs.ref.head.type", commit.tag == nil ? "branch" : "tag")]
      }
    }
    let isBad = conclusion.status == .failed || conclusion.status == .refused
    return span(
      names.span(plan.id), below: above, "\(verb) \(plan.subject.recipe)", plan.origin.at, now, facts, conclusion.error, kind: 2,
      isBad: isBad)
  }

  /// Returns the attributes that a deployment's span and its metrics have in common.
  static func common(_ plan: Plan, _ conclusion: Conclusion) -> [(String, Value)] {
    var facts: [(String, Value)] = [
      ("cicd.pipeline.name", .text(plan.subject.recipe)), ("deployment.environment.name", .text(plan.subject.group)),
      ("cicd.pipeline.result", .text(conclusion.word)),
    ]
    if let kind = conclusion.error?.failure.kind, conclusion.status != .succeeded { facts.append(("error.type", .text(kind.rawValue))) }
    return facts
  }

  private func span(
    _ id: String, below parent: String?, _ name: String, _ from: Timestamp, _ to: Timestamp, _ facts: [(String, Value)],
    _ error: ScriptError?, kind: Int = 1, isBad: Bool = false
  ) -> Value {
    let words = error.flatMap { Provenance.line($0.line, limit: Self.most) }
    let status: Value? = error == nil && !isBad ? nil : JSON.record([("code", 2), ("message", words.map { .text($0) })])
    return JSON.record([
      ("traceId", .text(names.trace)), ("spanId", .text(id)), ("parentSpanId", parent.map { .text($0) }), ("name", .text(name)),
      ("kind", .int(kind)), ("startTimeUnixNano", .text(OTLP.nanoseconds(from))),
      ("endTimeUnixNano", .text(OTLP.nanoseconds(max(from, to)))),
      ("attributes", OTLP.attributes(facts)), ("status", status),
    ])
  }
}

extension Conclusion {
  /// The result, in the terms of OpenTelemetry's conventions.
  fileprivate var word: String {
    switch status {
    case .succeeded, .partial: "success"
    case .failed: "failure"
    case .cancelled: "cancellation"
    case .refused: "error"
    }
  }
}
