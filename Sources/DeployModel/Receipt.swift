/// A host's own record of what it runs and how that came about. Success needs one from each host (promise P8).
package struct Receipt: Sendable, Hashable, Codable {
  package var application: String
  package var group: String
  package var release: Release
  /// What promise P10 compares.
  package var inputs: Inputs
  package var deployment: Deployment.ID
  package var recipe: String
  package var actor: String
  package var at: Timestamp
  /// When the release came there that a rollback went back to; nil: no rollback wrote the receipt, or an older version did.
  package var installedAt: Timestamp?
  /// The deployment's chain up to the entry before this one's intent; an audit compares it with the journal.
  package var chain: Digest?
  /// The deployment whose release this one left by going back: no good release to go back to, unless this one is newer.
  package var undid: Deployment.ID?
  /// Deployments that the host, or one that it learned of them from, left for something older before `undid`, the newest last; nil: none
  /// is known. Nothing goes back to them.
  package var rolledBack: [Deployment.ID]?
  /// Whether its deployment has not succeeded (yet), so that nothing goes back to it. nil: it is good; receipts of older versions are.
  package var trial: Bool?
  /// The secrets that it was made with, in the order of their names; nil in receipts of older versions, which do not say.
  package var secrets: [SecretMark]?
  /// Who asked for its deployment, why and from where, and the commit that the release was made from; nil: it is not known.
  package var provenance: Provenance?

  /// As hosts keep it.
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

  /// When the release came there, whatever was deployed and taken back since.
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
