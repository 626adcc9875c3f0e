/// The number of a running function of a recipe. Scripts are numbered in the order in which they start, so that a replay gives the same
/// numbers.
package typealias ScriptID = Int

/// A function of a recipe that the engine can start: the recipe's index in the plan, and the function's number.
package struct Body: Sendable, Hashable, Codable {
  /// The recipe's index in `Plan.recipes`.
  package var recipe: Int
  package var function: Int
  package init(recipe: Int, function: Int) {
    self.recipe = recipe
    self.function = function
  }
}

/// The arguments of a script's function.
package enum Subject: Sendable, Hashable, Codable {
  /// `function(host, deployment)`
  case host(Int)
  /// `function(deployment)`
  case deployment
  /// `function(deployment, error)`: the recipe's `on_failure`.
  indirect case failure(ScriptError)
  /// `function(deployment)`, or `function(deployment, error)` if there is an error: what undoes a stage. The targets of the deployment
  /// begin with this host, which takes the place of a host that was lost.
  indirect case undo(first: Int, ScriptError?)
  /// `function(weights, deployment)`: a traffic adapter sets weights.
  case weights(Weights)
  /// `function(deployment)`: a traffic adapter reads the weights. The engine needs the members of the table that the function returns.
  case traffic
  /// `function(rollout, options)`
  case rollout(options: Value)
  /// A function that `each`, `all` or `within` starts. The Lua runtime keeps its argument.
  case child
}

/// A script's request. The script waits for the answer.
package enum Request: Sendable, Hashable, Codable {
  case perform(Place, Operation, timeout: Interval?)
  case sleep(Interval)
  /// Starts functions together, at most `limit` at the same time. The answer has one result for each function, in order.
  case spawn([Body], limit: Int, keepGoing: Bool)
  /// Runs one function with a time limit.
  case within(Interval, Body)
  /// A strategy's decision.
  case decide(Decision)
}

/// A decision of a strategy. The core enforces the bounds, no matter what the strategy decides.
package enum Decision: Sendable, Hashable, Codable {
  /// Changes these hosts, at most `parallel` at the same time. They stop after the segment `upto` and then stay ready. If `upto` is nil,
  /// they run all segments. The answer lists the hosts that succeeded, those that failed and those that are ready.
  case wave([Int], parallel: Int?, upto: Segment? = nil)
  /// Restarts these hosts with the release that they run, at most `parallel` at the same time. They can still be changed later. The answer
  /// has the form of a wave's answer.
  case restart([Int], parallel: Int?)
  /// Waits without a gate. Only preludes of older versions ask for this.
  case wait(Interval)
  /// Opens a gate. The answer comes when the gate is closed.
  indirect case gate(Gate)
  /// Moves traffic between pools. The answer comes after the adapter's call and has the previous weights. With nil, only reads the weights.
  case shift(Weights?)
  /// Deliberately ends the rollout and leaves hosts on the old revision. The strategy does not continue.
  case stop(reason: String)
  /// Fails the deployment, so that hosts are rolled back. The strategy does not continue.
  case rollback(reason: String)
}

/// The answer to a waiting script.
package enum Answer: Sendable, Hashable, Codable {
  /// The script's first step, before it has made any request.
  case begin
  indirect case outcome(Outcome)
  case slept
  /// The results for `spawn` and `within`.
  case results([ScriptResult])
  case wave(WaveResult)
  case gate(GateAnswer)
  /// The weights before a shift.
  case shifted(Weights)
  /// The core refused the decision, because the deployment has failed or the decision is invalid.
  case refused(Failure)
  /// The script has to end. Its `<close>` variables run and are still allowed to make requests, within a time limit.
  case cancel(Failure)
}

/// The result of a wave, as the strategy receives it.
package struct WaveResult: Sendable, Hashable, Codable {
  package var succeeded: [Int]
  package var failed: [Int]
  /// The hosts that stopped after the segment that the strategy stated, or nil if there are none.
  package var ready: [Int]?
  package init(succeeded: [Int], failed: [Int], ready: [Int]? = nil) {
    self.succeeded = succeeded
    self.failed = failed
    self.ready = ready
  }
}

/// The result of running a script until it makes a request or ends.
package struct Step: Sendable, Hashable {
  package enum Next: Sendable, Hashable {
    case asked(Request)
    case ended(ScriptResult)
  }
  package var next: Next
  /// The lines that the script logged during the step, in order.
  package var log: [LogLine]
  package init(_ next: Next, log: [LogLine] = []) {
    self.next = next
    self.log = log
  }
}

/// How a script ended.
package enum ScriptResult: Sendable, Hashable, Codable {
  case returned(Value)
  indirect case raised(ScriptError)
}

/// A line that a recipe logged.
package struct LogLine: Sendable, Hashable, Codable {
  package enum Level: String, Sendable, Hashable, Codable { case debug, info, warn, error }
  package var level: Level
  package var text: String
  package init(_ level: Level, _ text: String) {
    self.level = level
    self.text = text
  }
}

/// An error that ended a script, with the line of the recipe that raised it.
package struct ScriptError: Error, Sendable, Hashable, Codable {
  package var failure: Failure
  package var place: SourcePlace?
  /// The frames of recipe and plugin code, innermost first: `deploy.lua:31 in hook ValidateService`.
  package var trace: [String]
  /// The host on which the error occurred, or nil if there is none.
  package var host: String?
  /// The last lines that the failed command wrote to stderr, or nil if there are none.
  package var stderr: String?
  package init(_ failure: Failure, place: SourcePlace? = nil, trace: [String] = [], host: String? = nil, stderr: String? = nil) {
    self.failure = failure
    self.place = place
    self.trace = trace
    self.host = host
    self.stderr = stderr
  }
}

/// A line of a recipe or plugin.
package struct SourcePlace: Sendable, Hashable, Codable, CustomStringConvertible {
  package var file: String
  package var line: Int
  package init(file: String, line: Int) {
    self.file = file
    self.line = line
  }
  package var description: String { "\(file):\(line)" }
}
