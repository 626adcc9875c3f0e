package import DeployModel

/// A request as somebody typed it, as data, with everything in it that could not be understood. A verb refuses these parts together with
/// whatever else is wrong.
package struct Asked: Sendable, Hashable {
  package var request: DeploymentRequest
  package var unclear: [Problem]
  /// The receipt of the revision that hosts get to join their group; nil: they do not join.
  var joins: Receipt?

  package init(_ request: DeploymentRequest, unclear: [Problem] = []) { self.init(request, unclear: unclear, joins: nil) }

  init(_ request: DeploymentRequest, unclear: [Problem] = [], joins: Receipt?) {
    self.request = request
    self.unclear = unclear
    self.joins = joins
  }
}
