/// A deployment that a test of a recipe runs on simulated hosts.
package struct Trial: Sendable, Hashable {
  /// The simulated answer to commands and checks whose line contains `part`.
  package struct Answer: Sendable, Hashable {
    package var part: String
    /// The host that gives the answer, where `here` is the engine's machine. Nil means every host.
    package var host: String?
    package var status = 0
    package var stdout = ""
    package var stderr = ""
    /// How long the answer takes, or nil for the usual duration of commands.
    package var duration: Interval?
    /// The largest number of times that each machine gives this answer, or nil if there is no limit.
    package var times: Int?
    /// Whether the test passes even if the answer is not used.
    package var isOptional = false

    package init(_ part: String) { self.part = part }
  }

  /// A strategy that a test runs without a recipe of the project.
  package struct Strategy: Sendable, Hashable {
    /// The name in `strategy "name"`, or the name of the module that returns the strategy.
    package var name: String
    /// The options by name, as plain values.
    package var options: Value
    package init(_ name: String, options: Value) {
      self.name = name
      self.options = options
    }

    /// The name of the recipe that the test creates for the strategy.
    package static let recipe = "t-strategy"
  }

  /// The simulated answer to http requests whose URL matches.
  package struct Reply: Sendable, Hashable {
    /// A URL in which each `*` matches any characters.
    package var url: String
    /// The method of the requests, or nil for any method.
    package var method: HTTPRequest.Method?
    package var response = HTTPResponse(status: 200)
    /// Why the request gets no answer, or nil if it gets `response`.
    package var failure: String?
    /// How long the answer takes, or nil for the usual duration of servers.
    package var duration: Interval?
    /// The largest number of times that this answer is given, or nil if there is no limit.
    package var times: Int?
    /// Whether the test passes even if the answer is not used.
    package var isOptional = false

    package init(_ url: String) { self.url = url }
  }

  /// The facts that hosts state about themselves in place of the usual facts.
  package struct Facts: Sendable, Hashable {
    /// The host, or nil for every host.
    package var host: String?
    /// The facts by name, as `host.facts` has them. Null means that the host does not state the fact.
    package var members: [Value.Member]
    /// Whether nothing is known about the host, so that `host.facts` is nil.
    package var areUnknown: Bool

    package init(of host: String?, _ members: [Value.Member], areUnknown: Bool = false) {
      self.host = host
      self.members = members
      self.areUnknown = areUnknown
    }
  }

  package var recipe: String
  /// The strategy to run, or nil if a recipe of the project runs.
  package var strategy: Strategy?
  /// The group to deploy to, or nil for the recipe's own group.
  package var group: String?
  /// The recipe's task to run, or nil if the test runs a deployment.
  package var task: String?
  /// The number of hosts, or nil for the hosts of the group.
  package var hosts: Int?
  package var parameters: [Value.Member] = []
  /// Whether the hosts start without a release. If false, they run an earlier release of the recipe.
  package var isFresh = false
  /// Names of the hosts that already run the new release.
  package var unchanged: [String] = []
  /// The answers to commands and checks. The first one that matches is given.
  package var answers: [Answer] = []
  /// The answers to http requests. The first one that matches is given.
  package var replies: [Reply] = []
  /// What hosts say about themselves. Later entries win.
  package var facts: [Facts] = []
  /// The contents of files that every host has, by absolute path.
  package var files: [Value.Member] = []
  /// For each failing host, by name, the lifecycle event in which the new release fails.
  package var failing: [Value.Member] = []
  /// Names of the hosts that become unreachable when the deployment begins.
  package var unreachable: [String] = []
  /// The answer to each gate by its name: `approve`, `reject`, `promote` or `silence`. Other gates that ask a person are approved.
  package var gates: [Value.Member] = []
  /// When the deployment is cancelled, counted from its start, or nil if it is never cancelled.
  package var cancelAfter: Interval?
  package var seed: UInt64 = 0
  /// Whether the deployment runs for real, in a lab.
  package var isReal = false

  /// The word that asks for the deployment, for messages.
  package var word: String { isReal ? "lab:deploy" : strategy == nil ? "t:deploy" : "t:strategy" }

  package init(recipe: String) { self.recipe = recipe }
}
