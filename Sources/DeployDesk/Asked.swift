package import DeployModel

/// A request as somebody typed it: as data, and everything in it that could not be understood. A verb refuses the unclear together with
/// whatever else is wrong.
package struct Asked: Sendable, Hashable {
  package var request: DeploymentRequest
  package var unclear: [Problem]

  package init(_ request: DeploymentRequest, unclear: [Problem] = []) {
    self.request = request
    self.unclear = unclear
  }
}
