package import DeployModel

/// The result of a deployment. Result files have this form.
package struct DeploymentReport: Sendable, Hashable, Codable {
  package struct Script: Sendable, Hashable, Codable {
    package var location: String
    package var result: HookResult
  }
  package enum Status: String, Sendable, Hashable, Codable {
    case succeeded = "Succeeded"
    case failed = "Failed"
  }
  package struct Event: Sendable, Hashable, Codable {
    package var event: String
    package var status: Status
    package var scripts: [Script] = []
  }
  package struct Failure: Error, Sendable, Hashable, Codable {
    package var category: String
    package var event: String?
    package var code: HookResult
    package var script: String
    package var message: String
    /// The line of the appspec file, or nil if no line is at fault.
    package var line: Int?
    package var fix: String?
    /// The last lines of the log of the failed event.
    package var log: String?
    /// What happened to the files after the failure: that they were restored, or why they were not.
    package var restored: String?
  }

  package var deploymentID: Deployment.ID
  /// The events that ran. If one failed, it is the last one.
  package var events: [Event] = []
  package var error: Failure?

  package init(deploymentID: Deployment.ID) { self.deploymentID = deploymentID }

  private enum CodingKeys: String, CodingKey {
    case deploymentID = "deployment_id"
    case events, error
  }
}

extension DeploymentReport.Failure {
  init(_ problem: SpecProblem, code: HookResult = .unknownError, script: String = "") {
    self.init(
      category: problem.category.rawValue, event: nil, code: code, script: script, message: problem.message, line: problem.line,
      fix: problem.fix)
  }
}
