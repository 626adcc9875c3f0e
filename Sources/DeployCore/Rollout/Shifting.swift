import DeployModel

/// Where the traffic goes: what it was before the first shift, what it is, and what the adapter does now.
struct Shifting: Sendable, Hashable {
  enum Step: Sendable, Hashable {
    case idle
    /// The adapter reads the weights for a strategy that wants others, or wants to know them (nil).
    case reading(for: ScriptID, to: Weights?)
    /// It sets them.
    case setting(for: ScriptID, to: Weights)
    /// It puts back what was before, for the nth time.
    case restoring(attempt: Int)
  }

  /// How often putting back is tried.
  static let attempts = 3
  /// How long one call of the adapter may take.
  static let limit = Interval.minutes(2)

  var step = Step.idle
  /// The adapter's script that runs.
  var script: ScriptID?
  var timer: Int?
  /// Before the first shift; nil: nothing was shifted.
  private(set) var original: Weights?
  /// As the adapter set or read them last.
  private(set) var current: Weights?
  /// A call to set them did not end well: nobody knows what they are.
  private(set) var isUncertain = false
  /// What the last call ran, a line each.
  var commands: [String] = []
  /// They could not be put back.
  var stray: StrayTraffic?

  /// What is to be put back after a failure; nil: all is as it was.
  var owed: Weights? { isUncertain || current != original ? original : nil }

  mutating func read(_ weights: Weights) {
    original = original ?? weights
    current = weights
  }

  mutating func set(_ weights: Weights) {
    current = weights
    isUncertain = false
  }

  mutating func failedToSet() { isUncertain = true }
}
