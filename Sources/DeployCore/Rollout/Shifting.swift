import DeployModel

/// The state of the traffic: its weights before the first shift, its weights now, and the current call of the adapter.
struct Shifting: Sendable, Hashable {
  enum Step: Sendable, Hashable {
    case idle
    /// The adapter reads the weights for a strategy's request.
    case reading(Wish, for: ScriptID)
    /// The adapter reads the weights for hosts under way, which wait for the result.
    case asking
    /// The adapter sets the weights.
    case setting(for: ScriptID, to: Weights)
    /// The adapter reads the weights to check that they are as they were set.
    case proving(for: ScriptID, to: Weights, attempt: Int)
    /// The adapter reads the weights before the deployment ends, to check that they are still as they were set.
    case confirming(attempt: Int)
    /// The adapter restores the original weights.
    case restoring(attempt: Int)
    /// The adapter reads the weights to check that the original weights are restored.
    case provingBack(attempt: Int)
  }

  /// Why a strategy needs the weights.
  enum Wish: Sendable, Hashable {
    case know
    case shift(to: Weights)
    /// To decide on a wave, which the strategy asked for with this decision.
    case wave(Decision)
  }

  /// The number of times that the deployment tries to set the original weights, or to confirm weights that were set, before it gives up.
  static let attempts = 3
  /// The time limit of one call of the adapter.
  static let limit = Interval.minutes(2)
  /// The pause between two reads that check new weights. Balancers report new weights with a delay.
  static let pause = Interval.seconds(1)

  var step = Step.idle
  /// The script of the adapter's current call, or nil if none is running.
  var script: ScriptID?
  var timer: Int?
  /// The weights before the first shift, or nil if they have not been read yet.
  private(set) var original: Weights?
  /// The weights that the adapter set or read last, or nil if there has been none so far.
  private(set) var current: Weights?
  /// The weights that this deployment set last, or nil if it has set none.
  private(set) var ours: Weights?
  /// Whether a call that sets the weights has failed, so that the weights are unknown.
  private(set) var isUncertain = false
  /// Whether somebody might have moved traffic since the last read, because an engine died or the deployment was delayed.
  var isDoubtful = false
  /// The commands of the last call, one in each line.
  var commands: [String] = []
  /// Whether the weights have been read and nothing has begun since.
  var isConfirmed = false
  /// The traffic that could not be shifted back, or nil if there is none.
  var stray: StrayTraffic?

  /// The weights to restore after a failure, or nil if the traffic is unchanged.
  var owed: Weights? { isUncertain || current != original ? original : nil }

  /// Records weights by the rules before version 6: the first weights that were read are the original weights.
  mutating func readOnce(_ weights: Weights) {
    original = original ?? weights
    current = weights
  }

  /// Records weights that were read. The last weights that were read before the first shift are the original weights.
  mutating func read(_ weights: Weights) {
    if ours == nil { original = weights }
    if isUncertain || ours.map({ weights.agrees(with: $0) }) != true { current = weights }
    (isUncertain, isDoubtful) = (false, false)
  }

  mutating func set(_ weights: Weights) {
    (current, ours) = (weights, weights)
    isUncertain = false
  }

  /// Makes the current weights the original weights, so that a failure does not change them back. If the current weights are unknown, a
  /// failure still restores the earlier original weights.
  mutating func keep() { if !isUncertain { original = current } }

  mutating func failedToSet() { isUncertain = true }
}
