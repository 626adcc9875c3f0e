/// A deployment that a test runs on simulated hosts.
package struct Trial: Sendable, Hashable {
  /// The answer to commands and checks whose line contains a text.
  package struct Answer: Sendable, Hashable {
    package var part: String
    /// The host; `here` is the engine's machine; nil: any.
    package var host: String?
    package var status = 0
    package var stdout = ""
    package var stderr = ""
    /// How long the answer takes; nil: the usual time of commands.
    package var duration: Interval?
    /// The most answers that it gives on each machine; nil: unlimited.
    package var times: Int?
    /// Whether the test passes even if the answer is not used.
    package var isOptional = false

    package init(_ part: String) { self.part = part }
  }

  /// A strategy that runs alone, in a recipe made for it.
  package struct Strategy: Sendable, Hashable {
    /// The name in `strategy "name"`, or the module that returns the strategy.
    package var name: String
    /// Plain values by name.
    package var options: Value
    package init(_ name: String, options: Value) {
      self.name = name
      self.options = options
    }

    /// The name of the recipe made for it.
    package static let recipe = "t-strategy"
  }

  /// A server's answer to requests whose URL matches.
  package struct Reply: Sendable, Hashable {
    /// A URL in which each star matches any text.
    package var url: String
    /// nil: any method.
    package var method: HTTPRequest.Method?
    package var response = HTTPResponse(status: 200)
    /// Why no answer comes; nil: an answer comes.
    package var failure: String?
    /// How long the answer takes; nil: the usual time of servers.
    package var duration: Interval?
    /// The most answers that it gives; nil: unlimited.
    package var times: Int?
    /// Whether the test passes even if the answer is not used.
    package var isOptional = false

    package init(_ url: String) { self.url = url }
  }

  package var recipe: String
  /// The strategy; nil: a recipe of the project runs.
  package var strategy: Strategy?
  /// The group; nil: the recipe's own.
  package var group: String?
  /// The task of the recipe to run; nil: the trial is a deployment.
  package var task: String?
  /// Number of hosts; nil: those of the group.
  package var hosts: Int?
  package var parameters: [Value.Member] = []
  /// Whether nothing was ever deployed there; if not, an earlier release of the recipe runs.
  package var isFresh = false
  /// The answers to commands and checks; the first match answers.
  package var answers: [Answer] = []
  /// The answers to HTTP requests; the first match answers.
  package var replies: [Reply] = []
  /// Texts of files that every host has, by absolute path.
  package var files: [Value.Member] = []
  /// By host: the name of the lifecycle event in which the new release fails.
  package var failing: [Value.Member] = []
  /// Names of hosts that go out of reach when the deployment begins.
  package var unreachable: [String] = []
  /// The answer for each gate's name: `approve`, `reject`, `promote` or `silence`. Other gates that ask a person are approved.
  package var gates: [Value.Member] = []
  /// When the deployment is cancelled; nil: it is not cancelled.
  package var cancelAfter: Interval?
  package var seed: UInt64 = 0

  package init(recipe: String) { self.recipe = recipe }
}
