/// A request from the command line, as data that has not been resolved against the project.
package struct DeploymentRequest: Sendable, Hashable, Codable {
  /// The recipe's name, or nil for the project's only recipe.
  package var recipe: String?
  package var group: String?
  /// The revision (a path, or `git:` followed by a git ref), or nil for the revision that the recipe states.
  package var revision: String?
  /// Names of hosts, which can contain `*`, and conditions on tags such as `role=web`. An empty list means all hosts.
  package var only: [String]
  /// The parameters, each with its name and its value as text. The planner checks them against the recipe's declarations.
  package var parameters: [Value.Member]
  package var force: Bool
  package var orphans: LockRequest.Orphans
  /// Who asks for the deployment, and why.
  package var said: StatedProvenance
  /// The number by which the caller orders its deployments, such as a pipeline's number. It is 0 or more, or nil if the caller gave none.
  package var sequence: Int?
  /// For a rollback of a group with slots, the deployment that the request reverses. Nil if there is none.
  package var undoes: Deployment.ID?
  /// Why the deployment ignores freeze windows, or nil if it obeys them.
  package var freezeOverride: String?
  /// The stages that `--ran` declares as already run for this revision, or nil if there are none.
  package var ran: [String]?
  /// The stages that `--again` names and that therefore run again, or nil if there are none.
  package var again: [String]?
  /// Whether the deployment brings the group's own revision to the hosts that lack it (`--missing`). Nil means no.
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
