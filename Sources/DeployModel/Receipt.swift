/// A host's own record of what it runs and which deployment brought it. A deployment succeeds only with a receipt from each host (P8 in
/// docs/promises.md).
package struct Receipt: Sendable, Hashable, Codable {
  package var application: String
  package var group: String
  package var release: Release
  /// The inputs that a later deployment compares to find out whether the host has to change (P10 in docs/promises.md).
  package var inputs: Inputs
  package var deployment: Deployment.ID
  package var recipe: String
  package var actor: String
  package var at: Timestamp
  /// For a rollback, the time at which the host first got the release that it went back to. Nil if no rollback wrote the receipt or an
  /// older version did.
  package var installedAt: Timestamp?
  /// The digest of the journal up to the entry before the receipt's intent. An audit compares it with the journal.
  package var chain: Digest?
  /// The deployment that this rollback rolled back. Hosts do not go back to that deployment's release, except for hosts whose receipt for
  /// the release is newer.
  package var undid: Deployment.ID?
  /// Deployments that earlier rollbacks rolled back, the newest last, as far as the host knows. No host goes back to their releases. Nil if
  /// none is known.
  package var rolledBack: [Deployment.ID]?
  /// Whether the receipt is on trial: its deployment has not succeeded so far, so no host goes back to its release. Nil means that the
  /// receipt is good, as receipts of older versions are.
  package var trial: Bool?
  /// The secrets of the deployment, sorted by name, or nil in receipts of older versions.
  package var secrets: [SecretMark]?
  /// Who asked for the deployment, why and from where, and the release's commit, or nil if unknown.
  @Apart package var provenance: Provenance?

  /// The names of the fields in the record that hosts keep.
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

  /// When the host first got the release, even if a rollback has returned to it since.
  package var origin: Timestamp { installedAt ?? at }

  /// Everything that a deployment to a host depends on. If a deployment's inputs equal those in the receipt, the deployment changes nothing
  /// on the host.
  package struct Inputs: Sendable, Hashable, Codable {
    package var bundle: Digest
    /// The digest of all sources: recipe, plugins, recipes and strategies that come with Lander, and the prelude.
    package var sources: Digest
    package var parameters: Value
    package var shared: [String]
    /// The names of the secrets, without their values.
    package var secrets: [String]
    package init(bundle: Digest, sources: Digest, parameters: Value, shared: [String], secrets: [String]) {
      self.bundle = bundle
      self.sources = sources
      self.parameters = parameters
      self.shared = shared
      self.secrets = secrets
    }

    /// Compares paths and names by their bytes, as hosts do.
    package static func == (a: Inputs, b: Inputs) -> Bool {
      a.bundle == b.bundle && a.sources == b.sources && a.parameters == b.parameters
        && a.shared.elementsEqual(b.shared, by: { $0.isExactly($1) }) && a.secrets.elementsEqual(b.secrets, by: { $0.isExactly($1) })
    }
  }
}
