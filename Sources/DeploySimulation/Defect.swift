/// A mistake that tests plant in the simulated world, to see that the checkers would find it.
package enum Defect: String, Sendable, Hashable, CaseIterable {
  /// The driver performs an operation before its intent is in the journal (against P2).
  case effectBeforeAppend
  /// A host runs a job again instead of attaching to it (against the at-most-once rule).
  case jobSentAgain
  /// A host takes `current` away and makes it anew, instead of one rename (against P3).
  case switchInTwoSteps
  /// A host makes a release current that it did not verify (against P3).
  case unverifiedRelease
  /// A host takes commands of any fence, and gives its lock to everyone (against P1).
  case fenceIgnored
  /// The core does not keep the floor (against P4).
  case floorIgnored
  /// The core goes on after more hosts failed than the budget has (against P5).
  case budgetIgnored
  /// The planner does not look at receipts (against P10).
  case receiptIgnored
}
