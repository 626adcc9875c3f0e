/// Traffic that could not be put back after a failure: a person is needed.
package struct StrayTraffic: Sendable, Hashable, Codable {
  /// The weights before the deployment, which should be restored.
  package var wanted: Weights
  package var message: String
  /// The commands that the adapter tried, one a line.
  package var commands: [String]
  package init(wanted: Weights, message: String, commands: [String]) {
    self.wanted = wanted
    self.message = message
    self.commands = commands
  }
}
