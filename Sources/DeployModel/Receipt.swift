/// A host's own record of what it runs and how that came about. Success needs one from each host (promise P8).
package struct Receipt: Sendable, Hashable, Codable {
  package var application: String
  package var group: String
  package var release: Release
  /// The inputs that promise P10 compares.
  package var inputs: Inputs
  package var deployment: Deployment.ID
  package var recipe: String
  package var actor: String
  package var at: Timestamp
  /// For a rollback: when the release that it went back to came to the host; nil: no rollback wrote the receipt, or an older version did.
  package var installedAt: Timestamp?
  /// The deployment's chain up to the entry before this one's intent; an audit compares it with the journal.
  package var chain: Digest?
  /// The deployment whose release was left by this rollback. Nothing goes back to that release, unless the receipt here is newer.
  package var undid: Deployment.ID?
  /// Deployments that were left for an older release before `undid`, the newest last, as far as the host knows. Nothing goes back to them.
  /// Nil: none is known.
  package var rolledBack: [Deployment.ID]?
  /// Whether the deployment has not succeeded (yet), so that nothing goes back to this release. Nil: the receipt is good, as receipts of
  /// older versions are.
  package var trial: Bool?
  /// The secrets of the deployment, in the order of their names; nil in receipts of older versions.
  package var secrets: [SecretMark]?
  /// Who asked for the deployment, why and from where, and the commit of the release; nil: unknown.
  package var provenance: Provenance?

  /// The names of the fields in the record on hosts.
  private enum CodingKeys: String, CodingKey {
    case application, group, release, inputs, deployment, recipe, actor, at
    case installedAt = "since"
    case chain, undid
    case rolledBack = "left"
    case trial, secrets, provenance
  }

  package init(
    application: String, group: String, release: Release, inputs: Inputs, deployment: Deployment.ID, recipe: String, actor: String,
    at: Timestamp, chain: Digest? = nil, undid: Deployment.ID? = nil, trial: Bool? = nil, secrets: [SecretMark]? = nil,
    provenance: Provenance? = nil
  ) {
    self.application = application
    self.group = group
    self.release = release
    self.inputs = inputs
    self.deployment = deployment
    self.recipe = recipe
    self.actor = actor
    self.at = at
    self.chain = chain
    self.undid = undid
    self.trial = trial
    self.secrets = secrets
    self.provenance = provenance
  }

  /// When the release came to the host, whatever was deployed and taken back since.
  package var origin: Timestamp { installedAt ?? at }

  /// All inputs of a deployment to a host. If they are equal, the deployment changes nothing there.
  package struct Inputs: Sendable, Hashable, Codable {
    package var bundle: Digest
    /// The digest of all sources: recipe, plugins, shipped recipes, strategies and prelude.
    package var sources: Digest
    package var parameters: Value
    package var shared: [String]
    /// Names, not values.
    package var secrets: [String]
    package init(bundle: Digest, sources: Digest, parameters: Value, shared: [String], secrets: [String]) {
      self.bundle = bundle
      self.sources = sources
      self.parameters = parameters
      self.shared = shared
      self.secrets = secrets
    }

    /// Paths and names count by their bytes, as on the host.
    package static func == (a: Inputs, b: Inputs) -> Bool {
      a.bundle == b.bundle && a.sources == b.sources && a.parameters == b.parameters
        && a.shared.elementsEqual(b.shared, by: { $0.isExactly($1) }) && a.secrets.elementsEqual(b.secrets, by: { $0.isExactly($1) })
    }
  }
}
