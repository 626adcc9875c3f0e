import DeployModel

/// The traffic: its weights before the first shift, its weights now, and what the adapter does.
struct Shifting: Sendable, Hashable {
  enum Step: Sendable, Hashable {
    case idle
    /// The adapter reads the weights for a strategy's request.
    case reading(Wish, for: ScriptID)
    /// The adapter reads the weights for hosts under way, which wait.
    case asking
    /// The adapter sets the weights.
    case setting(for: ScriptID, to: Weights)
    /// The adapter reads, for the nth time, whether the weights are as set.
    case proving(for: ScriptID, to: Weights, attempt: Int)
    /// The adapter reads, for the nth time, whether the weights are still as set, before the deployment ends.
    case confirming(attempt: Int)
    /// The adapter puts back the original weights, for the nth time.
    case restoring(attempt: Int)
    /// The adapter reads whether the original weights are back.
    case provingBack(attempt: Int)
  }

  /// A strategy's request that needs the weights.
  enum Wish: Sendable, Hashable {
    case know
    case shift(to: Weights)
    /// A wave, as it was decided.
    case wave(Decision)
  }

  /// The most attempts to put weights back, and the most reads to confirm weights that were set.
  static let attempts = 3
  /// The time limit of one call of the adapter.
  static let limit = Interval.minutes(2)
  /// The pause between two reads of weights that were set, because balancers report new weights with a delay.
  static let pause = Interval.seconds(1)

  var step = Step.idle
  /// The adapter's running script.
  var script: ScriptID?
  var timer: Int?
  /// The weights before the first shift; nil: nothing was read.
  private(set) var original: Weights?
  /// The weights that the adapter set or read last.
  private(set) var current: Weights?
  /// The weights that this deployment set last; nil: it has set none.
  private(set) var ours: Weights?
  /// Whether a call to set the weights failed, so that they are unknown.
  private(set) var isUncertain = false
  /// Whether somebody may have moved the traffic since the last read, because an engine died or the deployment was held.
  var isDoubtful = false
  /// The commands of the last call, one a line.
  var commands: [String] = []
  /// Whether the weights were read and nothing was begun since.
  var isConfirmed = false
  /// The traffic that could not be put back; nil: none.
  var stray: StrayTraffic?

  /// The weights to put back after a failure; nil: the traffic is unchanged.
  var owed: Weights? { isUncertain || current != original ? original : nil }

  /// Takes weights by the rules before the sixth: the first read weights stay the original weights.
  mutating func readOnce(_ weights: Weights) {
    original = original ?? weights
    current = weights
  }

  /// Takes weights that were read. The last weights read before the first shift are the original weights.
  mutating func read(_ weights: Weights) {
    if ours == nil { original = weights }
    if isUncertain || ours.map({ weights.agrees(with: $0) }) != true { current = weights }
    (isUncertain, isDoubtful) = (false, false)
  }

  mutating func set(_ weights: Weights) {
    (current, ours) = (weights, weights)
    isUncertain = false
  }

  /// Makes the present weights the ones that a failure keeps. If the present weights are unknown, a failure still puts the original weights
  /// back.
  mutating func keep() { if !isUncertain { original = current } }

  mutating func failedToSet() { isUncertain = true }
}
