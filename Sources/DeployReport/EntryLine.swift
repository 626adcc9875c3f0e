package import DeployModel

/// Turns entries into lines of JSON, one for each entry, such as `{"v":1,"seq":…,"ts":…,"deployment":…,"type":…,…}`. `seq` has no gaps.
package struct EntryLines: Sendable {
  private var names: [String] = []
  private var plan: Plan?
  package init() {}

  /// Returns the entry as JSON, without a line break.
  package mutating func line(_ entry: Entry, of deployment: Deployment.ID) -> String { JSON.text(value(entry, of: deployment)) }

  /// Returns the entry as a value.
  mutating func value(_ entry: Entry, of deployment: Deployment.ID) -> Value {
    if case .planned(let plan) = entry.fact {
      names = (plan.hosts.map(\.host) + plan.partners.map(\.host)).map(\.name)
      self.plan = plan
    }
    let head: [(String, Value?)] = [
      ("v", 1), ("seq", .int(entry.sequence)), ("ts", .text(When.iso(entry.at))),
      ("deployment", .text(deployment.rawValue)),
    ]
    return JSON.record(head + members(entry.fact))
  }

  private func members(_ fact: Entry.Fact) -> [(String, Value?)] {
    switch fact {
    case .planned(let plan): planned(plan)
    case .happened(.started): [("type", "started")]
    case .happened(.rang(let timer)): [("type", "timer"), ("timer", .int(timer))]
    case .happened(.cancelled(let reason)): [("type", "cancelled"), ("reason", .text(reason))]
    case .happened(.said(let message)): [("type", "message")] + members(message)
    case .happened(.overtaken(let failure)): [("type", "overtaken"), ("message", .text(failure.message))]
    case .happened(.parks(let parking)): [("type", "parks"), ("until", .text(When.iso(parking.until)))]
    case .happened(.unparks(let by, _, let reason)): [("type", "unparks"), ("by", .text(by)), ("reason", reason.map { .text($0) })]
    case .happened(.revived): [("type", "revived")]
    case .happened(.finished(let intent, let outcome)):
      [("type", "finished"), ("intent", .int(intent))] + members(outcome)
    case .intended(let intent): members(intent)
    case .noted(let note): members(note)
    case .resumed(let actor): [("type", "resumed"), ("actor", .text(actor))]
    case .concluded(let conclusion): members(conclusion)
    }
  }

  private func name(_ number: Int) -> Value {
    number < names.count ? .text(names[number]) : .int(number)
  }

  /// Returns the fields of a plan, for programs.
  static func value(_ plan: Plan) -> Value {
    var lines = EntryLines()
    lines.names = plan.hosts.map(\.host.name)
    return JSON.record(Array(lines.planned(plan).dropFirst()))
  }

  private func planned(_ plan: Plan) -> [(String, Value?)] {
    let kind = Value.text(plan.kind.words.word)
    let of: Value? = if case .rollback(let id?) = plan.kind { .text(id.rawValue) } else { nil }
    let bounds = JSON.record([
      ("floor", .int(plan.bounds.floor)), ("parallel", .int(plan.bounds.parallel)),
      ("failed", .int(plan.bounds.failed)),
      ("unreachable", .int(plan.bounds.unreachable)),
    ])
    return [
      ("type", "planned"), ("kind", kind), ("task", plan.kind.words.task.map { .text($0) }), ("rolls_back", of),
      ("joins", plan.flow.joins.map { .text($0.rawValue) }), ("missing", plan.flow.missing.map { .text($0.rawValue) }),
      ("application", .text(plan.subject.application)), ("recipe", .text(plan.subject.recipe)),
      ("group", .text(plan.subject.group)), ("actor", .text(plan.origin.actor)), ("engine", .text(plan.origin.engine)),
      ("provenance", plan.origin.provenance?.value),
      ("bundle", plan.revision.map { .text($0.hex) }),
      ("release", plan.content.release.map { .text($0.id.rawValue) }),
      ("source", plan.content.bundle.map { .text($0.source) }), ("parameters", plan.subject.parameters),
      ("bounds", bounds),
      ("stages", .list(plan.flow.stages.map { .text($0.name) })), ("hosts", .list(plan.hosts.map(host))),
    ]
  }

  private func host(_ host: HostPlan) -> Value {
    let action: Value =
      switch host.action {
      case .change: "change"
      case .unchanged: "unchanged"
      case .leftOut: "left_out"
      }
    return JSON.record([
      ("name", .text(host.host.name)), ("action", action), ("from", host.current.map { .text($0.rawValue) }),
      ("to", host.target.map { .text($0.id.rawValue) }),
    ])
  }

  private func members(_ message: Message) -> [(String, Value?)] {
    [
      ("message", .text(message.id)), ("kind", .text(message.kind.rawValue)), ("gate", message.gate.map { .text($0) }),
      ("number", message.number.map { .int($0) }), ("pause", message.pause.map { .text($0) }),
      ("by", .text(message.by)), ("comment", message.comment.isEmpty ? nil : .text(message.comment)),
      ("sent", .text(When.iso(message.at))),
    ]
  }

  private func members(_ intent: Intent) -> [(String, Value?)] {
    let place: Value = if case .host(let number) = intent.place { name(number) } else { "here" }
    return [
      ("type", "intended"), ("intent", .int(intent.id)), ("host", place),
      ("operation", .text(intent.operation.verb)),
      ("text", .text(intent.operation.sentence)),
      ("event", intent.site.event.map { .text($0.rawValue) }),
      ("stage", intent.site.stage.map { .text($0) }),
      ("timeout_ms", .int(intent.timeout.milliseconds)),
    ]
  }

  private func members(_ outcome: Outcome) -> [(String, Value?)] {
    [
      ("ok", .bool(outcome.failure == nil)), ("status", outcome.status.map { .int($0) }),
      ("duration_ms", .int(outcome.duration.milliseconds)), ("error", outcome.failure.map(value)),
      ("stdout", outcome.stdout.map(value)),
      ("stderr", outcome.stderr.map(value)),
    ]
  }

  private func value(_ captured: Captured) -> Value {
    JSON.record([
      ("bytes", .int(captured.bytes)), ("truncated", .bool(captured.truncated)),
      ("sha256", captured.digest.map { .text($0.hex) }),
      ("text", .text(captured.text)),
    ])
  }

  private func value(_ failure: Failure) -> Value {
    JSON.record([
      ("kind", .text(failure.kind.rawValue)), ("message", .text(failure.message)),
      ("fix", failure.fix.map { .text($0) }),
    ])
  }

  private func value(_ error: ScriptError) -> Value {
    JSON.record([
      ("kind", .text(error.failure.kind.rawValue)), ("message", .text(error.failure.message)),
      ("fix", error.failure.fix.map { .text($0) }),
      ("place", error.place.map { .text($0.description) }),
      ("trace", error.trace.isEmpty ? nil : .list(error.trace.map { .text($0) })),
      ("host", error.host.map { .text($0) }), ("stderr", error.stderr.map { .text($0) }),
    ])
  }

  private func members(_ note: Note) -> [(String, Value?)] {
    switch note {
    case .stageBegan(let name): [("type", "stage_began"), ("stage", .text(name))]
    case .stageEnded(let name, let error):
      [("type", "stage_ended"), ("stage", .text(name)), ("error", error.map(value))]
    case .waveBegan(let number, let hosts, let upto):
      [("type", "wave_began"), ("wave", .int(number)), ("hosts", .list(hosts.map(name))), ("upto", upto.map { .text($0.rawValue) })]
    case .waveEnded(let number, let result):
      [
        ("type", "wave_ended"), ("wave", .int(number)),
        ("succeeded", .list(result.succeeded.map(name))),
        ("failed", .list(result.failed.map(name))),
        ("ready", result.ready.map { .list($0.map(name)) }),
      ]
    case .restartBegan(let hosts): [("type", "restart_began"), ("hosts", .list(hosts.map(name)))]
    case .restartEnded(let result):
      [("type", "restart_ended"), ("succeeded", .list(result.succeeded.map(name))), ("failed", .list(result.failed.map(name)))]
    case .eventBegan(let host, let event):
      [("type", "event_began"), ("host", name(host)), ("event", .text(event.rawValue))]
    case .eventEnded(let host, let event, let error):
      [
        ("type", "event_ended"), ("host", name(host)), ("event", .text(event.rawValue)),
        ("error", error.map(value)),
      ]
    case .eventSkipped(let host, let event, let reason):
      [
        ("type", "event_skipped"), ("host", name(host)), ("event", .text(event.rawValue)),
        ("reason", .text(reason)),
      ]
    case .host(let host, let status): [("type", "host"), ("host", name(host))] + members(status)
    case .log(let host, let line):
      [
        ("type", "log"), ("host", host.map(name)), ("level", .text(line.level.rawValue)),
        ("text", .text(line.text)),
      ]
    case .gateOpened(let number, let gate): members(number, gate)
    case .gateClosed(let number, let answer):
      [
        ("type", "gate_closed"), ("gate", .int(number)), ("verdict", .text(answer.verdict.rawValue)), ("by", answer.by.map { .text($0) }),
        ("verified", answer.by.map { _ in .bool(answer.signed != nil) }), ("comment", answer.comment.isEmpty ? nil : .text(answer.comment)),
      ]
    case .serviceChanged(let host, let service):
      [("type", "service_changed"), ("host", name(host)), ("service", .text(service.rawValue))]
    case .shifted(let from, let to): [("type", "shifted"), ("from", from?.value), ("to", to.value)]
    case .stopped(let reason, let left):
      [("type", "stopped"), ("reason", .text(reason)), ("left", .list(left.map(name)))]
    case .remark(let text): [("type", "remark"), ("text", .text(text))]
    case .answered(let message, let accepted, let words):
      [("type", "answer"), ("message", .text(message)), ("accepted", .bool(accepted)), ("text", .text(words))]
    case .paused(let message?): [("type", "paused")] + members(message)
    case .paused(nil): [("type", "pause_ended")]
    case .parked(let until?): [("type", "parked"), ("until", .text(When.iso(until)))]
    case .parked(nil): [("type", "parking_ended")]
    }
  }

  private func members(_ number: Int, _ gate: Gate) -> [(String, Value?)] {
    [
      ("type", "gate_opened"), ("gate", .int(number)), ("kind", .text(gate.kind.rawValue)), ("name", .text(gate.name)),
      ("message", gate.message.isEmpty ? nil : .text(gate.message)), ("time_ms", .int(gate.time.milliseconds)),
      ("on_fail", .text(gate.failing.rawValue)), ("hosts", gate.watch?.hosts.map { .list($0.map(name)) }),
      ("every_ms", gate.watch.map { .int($0.every.milliseconds) }),
      ("margin", gate.watch?.comparison.map { .text($0.margin) }), ("alpha", gate.watch?.comparison.map { .number($0.alpha) }),
      ("pairs", gate.watch?.comparison.map { .int($0.pairs) }),
      ("approvers", gate.from.map { .list($0.map { .text($0) }) }), ("count", gate.from == nil ? nil : .int(gate.count ?? 1)),
    ]
  }

  private func members(_ status: HostStatus) -> [(String, Value?)] {
    var members: [(String, Value?)] = [
      ("status", .text(status.word.replacing(" ", with: "_"))), ("error", status.error.map(value)),
    ]
    if case .restoreFailed(_, let restoring, let commands) = status {
      members += [("restoring", value(restoring)), ("commands", .list(commands.map { .text($0) }))]
    }
    return members
  }

  private func members(_ conclusion: Conclusion) -> [(String, Value?)] {
    let hosts = conclusion.hosts.enumerated().map { number, status in
      JSON.record([("name", name(number))] + members(status))
    }
    let holder = conclusion.holder.map {
      JSON.record([
        ("deployment", .text($0.deployment.rawValue)), ("owner", .text($0.owner)),
        ("purpose", .text($0.purpose)),
        ("since", .text(When.iso($0.since))),
      ])
    }
    let left = plan?.notUndone(at: conclusion) ?? conclusion.notUndone ?? []
    return [
      ("type", "concluded"), ("status", .text(conclusion.status.rawValue)),
      ("error", conclusion.error.map(value)), ("holder", holder),
      ("rollback", .list(conclusion.rollback.map(name))), ("hosts", .list(hosts)),
      ("undo", conclusion.undo.map { .list($0.map { .text($0.mark.stage) }) }),
      ("not_undone", left.isEmpty ? nil : .list(left.map { .text($0) })),
      (
        "stray_traffic",
        conclusion.traffic.map { stray in
          JSON.record([
            ("wanted", stray.wanted.value), ("message", .text(stray.message)), ("commands", .list(stray.commands.map { .text($0) })),
          ])
        }
      ),
    ]
  }
}
