import DeployCore
package import DeployModel

/// A plan for programs. The fields have the same contents as the lines for people.
extension PlanReport {
  /// - Parameter connected: whether hosts were surveyed.
  package func value(connected: Bool) -> Value {
    let good = Rehearsed(rehearsal)
    return JSON.record([
      ("plan", EntryLines.value(plan)), ("connected", .bool(connected)), ("whole", .bool(isWhole)),
      ("deadline_ms", .int(good.deadline.milliseconds)),
      ("stages", .list(plan.sentences.map { .text($0) })), ("path", .text(plan.placement.path)),
      ("shared", .list(plan.placement.shared.map { .text($0) })), ("keep", .int(plan.placement.keep)),
      ("freeze", plan.flow.freeze?.value(at: plan.origin.at)), ("alarm", plan.flow.alarm?.value),
      ("sources", .text(plan.content.inputs.sources.hex)),
      ("secrets", .list(plan.content.secrets.map { .text($0) })),
      ("missing", missing?.value), ("hosts", .list(plan.hosts.map(\.planned))),
      ("partners", .list(plan.namedPartners.map { .text($0.host.name) })), ("register", plan.register.map(\.planned)),
      ("steps", steps(good)), ("rollback", .bool(plan.flow.goesBack)),
      ("if_first_wave_fails", failure.isEmpty ? nil : steps(Rehearsed(failure))),
      ("unseen", .list(findings.map(\.warning.value))), ("loops", .list(loops.map { .text($0) })),
      ("installation", installation.isEmpty ? nil : .list(installation.map { .text($0) })),
      ("text", .list(lines(on: Surface()).map { .text($0) })),
    ])
  }

  /// Returns the rehearsal for programs, section by section, in chronological order.
  private func steps(_ rehearsed: Rehearsed) -> Value {
    .list(
      rehearsed.sections.map { section in
        JSON.record([
          ("title", .text(section.title)), ("turns", .int(section.turns)),
          (
            "parts",
            .list(
              section.parts.map { part in
                JSON.record([
                  ("hosts", .list(part.hosts.map { .text($0.map { plan.name(ofHost: $0) } ?? "here") })),
                  ("steps", .list(part.steps.map(\.value))),
                ])
              })
          ),
        ])
      })
  }
}

extension Rehearsed.Step {
  fileprivate var value: Value {
    JSON.record([
      ("event", event.map { .text($0.rawValue) }), ("text", .text(text)), ("timeout_ms", .int(timeout.milliseconds)),
      ("count", .int(count)),
    ])
  }
}

extension Partner {
  /// The register: its name, and why it is missing if it is.
  fileprivate var planned: Value {
    JSON.record([("name", .text(host.name)), ("missing", register?.missing.map { .text($0.message) })])
  }
}

extension HostPlan {
  fileprivate var planned: Value {
    let (word, why): (Value, String?) =
      switch action {
      case .change: ("change", nil)
      case .unchanged: ("unchanged", nil)
      case .leftOut(let failure): ("left_out", failure.message)
      }
    return JSON.record([
      ("name", .text(host.name)), ("address", host.address.map { .text($0) }), ("transport", .text(host.transport)),
      ("user", (host.user ?? facts?.user).map { .text($0) }), ("action", word), ("why", why.map { .text($0) }),
      ("from", current.map { .text($0.rawValue) }), ("to", target.map { .text($0.id.rawValue) }),
      ("deployment", previous.map { .text($0.deployment.rawValue) }), ("foreign", found.map { .text($0) }),
      ("damage", damage.map { .text("\($0.release): \($0.words)") }),
      ("sends", .bool(action == .change && stages)), ("other_secrets", secrets.map { .list($0.changed.map { .text($0) }) }),
      ("way_back", wayBack.map { .text($0.rawValue) }),
    ])
  }
}
