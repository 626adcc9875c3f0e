/// Traffic that the deployment could not shift back after a failure, so that a person has to act.
package struct StrayTraffic: Sendable, Hashable, Codable {
  /// The weights before the deployment, which a person should restore.
  package var wanted: Weights
  package var message: String
  /// The commands that the adapter tried, one in each line.
  package var commands: [String]
  package init(wanted: Weights, message: String, commands: [String]) {
    self.wanted = wanted
    self.message = message
    self.commands = commands
  }
}
