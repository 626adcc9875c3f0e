package import DeployModel

/// A plan that somebody saves so that it can be reviewed before it is carried out. It contains everything in the plan except secrets and
/// tokens, so that any change is noticed. To carry it out, lander plans again and compares the two plans.
package struct PlanRecord: Sendable, Hashable, Codable {
  /// The version of the format. It increases when a member is removed or changes its meaning.
  package static let version = 1

  /// A host of the plan, or a partner.
  package struct HostRecord: Sendable, Hashable, Codable {
    package var host: Host
    /// A verb phrase that says what the host runs and what the plan does there, or nil if the host is a partner or was not surveyed.
    package var standing: String?
  }

  /// A stage that runs once for a revision.
  package struct StageRecord: Sendable, Hashable, Codable {
    package var name: String
    /// A verb phrase that says whether the stage will run, and why.
    package var standing: String
  }

  package var v: Int
  package var type: String
  /// The version of Lander that made the plan.
  package var engine: String
  package var made: Timestamp
  /// Whether the hosts were surveyed for the plan.
  package var connected: Bool
  /// The request as it was typed.
  package var request: DeploymentRequest
  package var application: String
  package var recipe: String
  package var group: String
  /// The digest of the recipe's sources, including everything that the recipe requires.
  package var sources: Digest
  package var parameters: Value
  package var bundle: Digest?
  /// The names of the secrets that the plan needs.
  package var secrets: [String]
  package var hosts: [HostRecord]
  package var partners: [HostRecord]
  /// The stages that run once for a revision. Nil if hosts were not asked, or if an older version wrote the record.
  package var stages: [StageRecord]?
  /// The commit of the revision and the new commits, or nil if unknown.
  package var provenance: Provenance?

  package init(_ plan: Plan, for request: DeploymentRequest, connected: Bool) {
    (v, type, engine, made) = (Self.version, "plan", plan.origin.engine, plan.origin.at)
    (self.connected, self.request) = (connected, request)
    (application, recipe, group) = (plan.subject.application, plan.subject.recipe, plan.subject.group)
    (sources, parameters) = (plan.content.inputs.sources, plan.subject.parameters)
    (bundle, secrets) = (plan.content.bundle?.digest, plan.content.secrets.sorted())
    hosts = plan.hosts.map { HostRecord(host: $0.host, standing: connected ? $0.standing : nil) }
    partners = plan.partners.map { HostRecord(host: $0.host) }
    provenance = plan.origin.provenance
    guard connected else { return }
    stages = plan.flow.stages.compactMap { stage in
      stage.terms?.once == .revision ? StageRecord(name: stage.name, standing: stage.standing) : nil
    }
  }
}

extension Stage {
  /// A verb phrase that says whether the stage will run, according to the hosts' marks and the command's options.
  fileprivate var standing: String {
    switch terms?.settled {
    case .owed, nil: "runs"
    case .ran(let mark): "is skipped, because deployment \(mark.deployment) ran it"
    case .told: "is skipped, as was said"
    case .again: "runs again, as was said"
    }
  }
}

extension HostPlan {
  /// A verb phrase that says what the host runs, what is wrong with the host, and what the plan does there.
  fileprivate var standing: String {
    if case .leftOut = action { return "is unreachable, and left out" }
    let deployment = previous.map { " of deployment \($0.deployment)" } ?? ""
    var words = "runs "
    words += current.map { "release \($0)\(deployment)" } ?? found.map { "foreign release \($0)" } ?? "nothing"
    if let lost { words += ", its release \(lost) is gone" }
    if let damage, lost == nil { words += ", release \(damage.release) is damaged: \(damage.words)" }
    if isUnrestored == true { words += ", was left in the middle by a deployment" }
    if let back { words += ", goes back to release \(back.release.id)" }
    if let changed = secrets?.changed, !changed.isEmpty { words += ", has another value of \(changed.joined(separator: " "))" }
    return words + (action == .unchanged ? ", and is up to date" : stages ? "" : ", and has the release already")
  }
}
