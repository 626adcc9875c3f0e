/// What somebody asked for, unresolved: the command line as data.
package struct DeploymentRequest: Sendable, Hashable, Codable {
  /// The recipe's name; nil: the only recipe there is.
  package var recipe: String?
  package var group: String?
  /// A path, or a git ref with `git:` before it; nil: what the recipe says.
  package var revision: String?
  /// Host names, `*` allowed, and conditions on tags such as `role=web`; empty: all.
  package var only: [String]
  /// As typed: name and text; checked against the recipe.
  package var parameters: [Value.Member]
  package var force: Bool
  package var orphans: LockRequest.Orphans
  /// Who asks, and why.
  package var said: StatedProvenance
  /// Its place in the order in which its caller began deployments, from 0; nil: the caller did not say.
  package var sequence: Int?
  /// The deployment that it takes back, if a group with slots goes back; nil: none.
  package var undoes: Deployment.ID?
  /// Why freeze windows do not hold for it; nil: they do.
  package var freezeOverride: String?
  /// Stages that its caller says are done for this revision; nil: none.
  package var ran: [String]?
  /// Stages that its caller wants to run again; nil: none.
  package var again: [String]?
  /// Whether it brings hosts of the group what they lack, instead of a revision; nil: no.
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
