import DeployCore
package import DeployModel

/// A typed request as data, together with the parts of it that could not be understood. The desk reports these parts together with all
/// other problems.
package struct Asked: Sendable, Hashable {
  package var request: DeploymentRequest
  package var unclear: [Problem]
  /// The receipt of the revision that joining hosts get, or nil if no hosts join.
  var joins: Receipt?
  /// The revision that missing hosts get, or nil if the request is not for missing hosts.
  var missing: Planner.Missing?
  /// The options exactly as they were typed, without recipe and group, or nil if `request` already has them in that form.
  var typed: TypedOptions?

  package init(_ request: DeploymentRequest, unclear: [Problem] = []) { self.init(request, unclear: unclear, joins: nil) }

  init(_ request: DeploymentRequest, unclear: [Problem] = [], joins: Receipt?) {
    self.request = request
    self.unclear = unclear
    self.joins = joins
  }
}
