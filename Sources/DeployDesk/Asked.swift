import DeployCore
package import DeployModel

/// A typed request as data, with the parts of it that could not be understood. The desk refuses these parts together with everything else
/// that is wrong.
package struct Asked: Sendable, Hashable {
  package var request: DeploymentRequest
  package var unclear: [Problem]
  /// The receipt of the revision that hosts get to join their group; nil: they do not join.
  var joins: Receipt?
  /// What hosts of the group lack and get; nil: the request is not for missing hosts.
  var missing: Planner.Missing?
  /// The typed options besides recipe and group, if the request expresses them in another form; nil: it has the same form.
  var typed: TypedOptions?

  package init(_ request: DeploymentRequest, unclear: [Problem] = []) { self.init(request, unclear: unclear, joins: nil) }

  init(_ request: DeploymentRequest, unclear: [Problem] = [], joins: Receipt?) {
    self.request = request
    self.unclear = unclear
    self.joins = joins
  }
}
