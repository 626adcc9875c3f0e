/// A running piece of a recipe, by number. Numbers follow the order of starting, so a replay gives the same ones.
package typealias ScriptID = Int

/// A function of a recipe that can be started: which of the plan's recipes, and which function of it.
package struct Body: Sendable, Hashable, Codable {
  /// Index into `Plan.recipes`.
  package var recipe: Int
  package var function: Int
  package init(recipe: Int, function: Int) {
    self.recipe = recipe
    self.function = function
  }
}

/// What a script acts on: the argument its function gets.
package enum Subject: Sendable, Hashable, Codable {
  /// `function(host, deployment)`
  case host(Int)
  /// `function(deployment)`
  case deployment
  /// `function(deployment, error)`: `on_failure`
  indirect case failure(ScriptError)
  /// `function(weights, deployment)`: a traffic adapter sets weights.
  case weights(Weights)
  /// `function(deployment)`: a traffic adapter reads them. The engine wants the members of the returned table.
  case traffic
  /// `function(rollout, options)`
  case rollout(options: Value)
  /// A function of one element of `each`, or of `all` or `within`: the runtime that asked for it keeps the argument.
  case child
}

/// The request of a script that waits.
package enum Request: Sendable, Hashable, Codable {
  case perform(Place, Operation, timeout: Interval?)
  case sleep(Interval)
  /// Runs functions at once, at most `limit` of them; answered with one result each, in their order.
  case spawn([Body], limit: Int, keepGoing: Bool)
  /// Runs one function under a deadline.
  case within(Interval, Body)
  /// A strategy's decision.
  case decide(Decision)
}

/// The decisions of a strategy. Whatever it decides, the core keeps the bounds.
package enum Decision: Sendable, Hashable, Codable {
  /// Changes these hosts, at most `parallel` at once, and leaves them ready after the segment `upto` (nil: takes them to their end).
  /// Answered with those that succeeded, failed, and are ready.
  case wave([Int], parallel: Int?, upto: Segment? = nil)
  /// Stops and starts the release of these hosts, at most `parallel` at once. They can still be changed afterwards. The answer is that of a
  /// wave.
  case restart([Int], parallel: Int?)
  /// Waits without a gate, as preludes of earlier versions ask.
  case wait(Interval)
  /// Opens a gate. Answered when it is closed.
  case gate(Gate)
  /// Moves traffic between pools. The answer is the previous weights, once the adapter has done it. Nil: only reads the weights.
  case shift(Weights?)
  /// Ends the rollout on purpose, with hosts left on the old revision; the strategy is not stepped again.
  case stop(reason: String)
  /// Fails the deployment so that hosts go back; the strategy is not stepped again.
  case rollback(reason: String)
}

/// The answer to a waiting script.
package enum Answer: Sendable, Hashable, Codable {
  /// First step: nothing was asked yet.
  case begin
  indirect case outcome(Outcome)
  case slept
  /// Of `spawn` and `within`.
  case results([ScriptResult])
  case wave(WaveResult)
  case gate(GateAnswer)
  /// The weights before a shift.
  case shifted(Weights)
  /// The decision was not taken: the deployment has failed, or the decision makes no sense.
  case refused(Failure)
  /// The script has to end: its `<close>` variables run and may still make requests, under a grace deadline.
  case cancel(Failure)
}

/// How a wave ended, as the strategy gets it.
package struct WaveResult: Sendable, Hashable, Codable {
  package var succeeded: [Int]
  package var failed: [Int]
  /// Hosts that stopped after the segment that the strategy named; nil: none did.
  package var ready: [Int]?
  package init(succeeded: [Int], failed: [Int], ready: [Int]? = nil) {
    self.succeeded = succeeded
    self.failed = failed
    self.ready = ready
  }
}

/// The result of one step of a script.
package struct Step: Sendable, Hashable {
  package enum Next: Sendable, Hashable {
    case asked(Request)
    case ended(ScriptResult)
  }
  package var next: Next
  /// What it logged on the way, in order.
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

/// An error that ended a script: the failure, and where in the recipe.
package struct ScriptError: Error, Sendable, Hashable, Codable {
  package var failure: Failure
  package var place: SourcePlace?
  /// Frames of recipe and plugin code, innermost first: `deploy.lua:31 in hook ValidateService`.
  package var trace: [String]
  /// The host it concerns.
  package var host: String?
  /// Last lines of the failed command's stderr.
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
