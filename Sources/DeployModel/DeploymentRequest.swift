/// What somebody asked for on the command line, as data that has not been resolved against the project.
package struct DeploymentRequest: Sendable, Hashable, Codable {
  /// The recipe's name; nil: the project's only recipe.
  package var recipe: String?
  package var group: String?
  /// The revision: a path, or `git:` and a git ref; nil: the revision that the recipe names.
  package var revision: String?
  /// Names of hosts, which may contain `*`, and conditions on tags such as `role=web`; empty: all hosts.
  package var only: [String]
  /// The parameters as name and text. The planner checks them against the recipe's declarations.
  package var parameters: [Value.Member]
  package var force: Bool
  package var orphans: LockRequest.Orphans
  /// Who asks for the deployment, and why.
  package var said: StatedProvenance
  /// The deployment's number in the order of its caller, such as a pipeline's number, from 0; nil: not given.
  package var sequence: Int?
  /// The deployment that this request reverses, if it rolls back a group with slots; nil: none.
  package var undoes: Deployment.ID?
  /// Why the deployment ignores freeze windows; nil: it obeys them.
  package var freezeOverride: String?
  /// The stages that `--ran` declares as already run for this revision; nil: none.
  package var ran: [String]?
  /// The stages that `--again` names, which run again; nil: none.
  package var again: [String]?
  /// Whether the deployment brings the group's own revision to the hosts that lack it (`--missing`); nil: it does not.
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
