package import DeployModel

/// A request as somebody typed it, as data, with everything in it that could not be understood. A verb refuses these parts together with
/// whatever else is wrong.
package struct Asked: Sendable, Hashable {
  package var request: DeploymentRequest
  package var unclear: [Problem]

  package init(_ request: DeploymentRequest, unclear: [Problem] = []) {
    self.request = request
    self.unclear = unclear
  }
}
