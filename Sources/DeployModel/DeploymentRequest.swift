/// What somebody asked for, unresolved: the command line as data.
package struct DeploymentRequest: Sendable, Hashable, Codable {
  /// The recipe's name; nil: the only recipe there is.
  package var recipe: String?
  package var group: String?
  /// The revision: a path, or a git ref with `git:` before it; nil: the recipe's own.
  package var revision: String?
  /// Host names, `*` allowed, and conditions on tags such as `role=web`; empty: all.
  package var only: [String]
  /// The typed parameters, as name and text; they are checked against the recipe.
  package var parameters: [Value.Member]
  package var force: Bool
  package var orphans: LockRequest.Orphans
  /// Who asks, and why.
  package var said: StatedProvenance
  /// The deployment's place in the order of its caller's deployments, from 0; nil: not given.
  package var sequence: Int?
  /// The deployment that it takes back, if a group with slots goes back; nil: none.
  package var undoes: Deployment.ID?
  /// Why freeze windows do not hold for the deployment; nil: they hold.
  package var freezeOverride: String?
  /// Stages that `--ran` declares as done for this revision; nil: none.
  package var ran: [String]?
  /// Stages to run again, from `--again`; nil: none.
  package var again: [String]?
  /// Whether the deployment brings the group's own revision to hosts that lack it (`--missing`); nil: no.
  package var missing: Bool?
  package init(
    recipe: String? = nil, group: String? = nil, revision: String? = nil, only: [String] = [], parameters: [Value.Member] = [],
    force: Bool = false, orphans: LockRequest.Orphans = .wait, said: StatedProvenance = StatedProvenance(), sequence: Int? = nil
  ) {
    self.recipe = recipe
    self.group = group
    self.revision = revision
    self.only = only
    self.parameters = parameters
    self.force = force
    self.orphans = orphans
    self.said = said
    self.sequence = sequence
  }
}
