/// Traffic that could not be put back after a failure: a person is needed.
package struct StrayTraffic: Sendable, Hashable, Codable {
  /// As it was, and as it should be.
  package var wanted: Weights
  package var message: String
  /// What the adapter tried to run, a line each.
  package var commands: [String]
  package init(wanted: Weights, message: String, commands: [String]) {
    self.wanted = wanted
    self.message = message
    self.commands = commands
  }
}
