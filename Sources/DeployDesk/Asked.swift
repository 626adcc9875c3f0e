import DeployCore
package import DeployModel

/// A request as somebody typed it, as data, with everything in it that could not be understood. A verb refuses these parts together with
/// whatever else is wrong.
package struct Asked: Sendable, Hashable {
  package var request: DeploymentRequest
  package var unclear: [Problem]
  /// The receipt of the revision that hosts get to join their group; nil: they do not join.
  var joins: Receipt?
  /// What hosts of the group lack and get; nil: it is no such request.
  var missing: Planner.Missing?
  /// What was typed besides recipe and group, if the request says it in other words; nil: it does not.
  var typed: TypedOptions?

  package init(_ request: DeploymentRequest, unclear: [Problem] = []) { self.init(request, unclear: unclear, joins: nil) }

  init(_ request: DeploymentRequest, unclear: [Problem] = [], joins: Receipt?) {
    self.request = request
    self.unclear = unclear
    self.joins = joins
  }
}
