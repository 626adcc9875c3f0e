import DeployModel

/// Where the traffic goes: what it was before the first shift, what it is, and what the adapter does now.
struct Shifting: Sendable, Hashable {
  enum Step: Sendable, Hashable {
    case idle
    /// The adapter reads the weights for what a strategy wants.
    case reading(Wish, for: ScriptID)
    /// It reads them for hosts under way, which wait.
    case asking
    /// It sets them.
    case setting(for: ScriptID, to: Weights)
    /// It reads, for the nth time, whether they are as it set them.
    case proving(for: ScriptID, to: Weights, attempt: Int)
    /// It reads, for the nth time, whether they are still as it set them, before the deployment ends.
    case confirming(attempt: Int)
    /// It puts back what was before, for the nth time.
    case restoring(attempt: Int)
    /// It reads whether what was before is back.
    case provingBack(attempt: Int)
  }

  /// What a strategy wants when it has the weights read.
  enum Wish: Sendable, Hashable {
    case know
    case shift(to: Weights)
    /// A wave, as it was decided.
    case wave(Decision)
  }

  /// How often putting back is tried, and how often is read whether weights that were set are there.
  static let attempts = 3
  /// How long one call of the adapter may take.
  static let limit = Interval.minutes(2)
  /// Between two reads of weights that were set: balancers take a moment to say what they were told.
  static let pause = Interval.seconds(1)

  var step = Step.idle
  /// The adapter's script that runs.
  var script: ScriptID?
  var timer: Int?
  /// Before the first shift; nil: nothing was read.
  private(set) var original: Weights?
  /// As the adapter set or read them last.
  private(set) var current: Weights?
  /// As this deployment set them last; nil: it has set none.
  private(set) var ours: Weights?
  /// A call to set them did not end well: nobody knows what they are.
  private(set) var isUncertain = false
  /// Somebody may have moved it since it was read: an engine died, or the deployment stood still.
  var isDoubtful = false
  /// What the last call ran, a line each.
  var commands: [String] = []
  /// They were read, and nothing was begun since.
  var isConfirmed = false
  /// They could not be put back.
  var stray: StrayTraffic?

  /// What is to be put back after a failure; nil: all is as it was.
  var owed: Weights? { isUncertain || current != original ? original : nil }

  /// As plans of rules before the sixth keep them: what was read first stays what was before.
  mutating func readOnce(_ weights: Weights) {
    original = original ?? weights
    current = weights
  }

  /// What was before the first shift is what was read last before it.
  mutating func read(_ weights: Weights) {
    if ours == nil { original = weights }
    if isUncertain || ours.map({ weights.agrees(with: $0) }) != true { current = weights }
    (isUncertain, isDoubtful) = (false, false)
  }

  mutating func set(_ weights: Weights) {
    (current, ours) = (weights, weights)
    isUncertain = false
  }

  /// What it is now, a failure leaves as it is. If nobody knows what it is, it goes back all the same.
  mutating func keep() { if !isUncertain { original = current } }

  mutating func failedToSet() { isUncertain = true }
}
