/// A rule of the core that a test disables, to prove that the checkers notice the violation. In real deployments, no rule is disabled.
package enum Lapse: Sendable, Hashable {
  /// The ledger lets an operation be performed before its intent is in the journal (against P2).
  case effectBeforeEntry
  /// Hosts are taken out of service although fewer hosts than the floor remain in service (against P4).
  case floorIgnored
  /// Hosts are changed although a rule for hosts that share a tag's value forbids it (against P4).
  case neighboursIgnored
  /// Hosts begin after more hosts have failed than the budget allows (against P5).
  case budgetIgnored
  /// Hosts are changed although CodeDeploy's minimum of healthy hosts forbids it (against P4).
  case healthIgnored
  /// A host that a wave left ready counts as serving (against P4).
  case readyServes
  /// A strategy is allowed to end while hosts are ready (against P8).
  case readyForgotten
  /// A paused deployment begins further hosts (against P5).
  case pauseIgnored
  /// A failed gate does not fail the deployment (against P5).
  case failedGateIgnored
  /// A gate passes at its deadline although nobody answered (against P5).
  case silenceApproves
  /// An approval gate that requires signatures passes with the first answer, no matter who sent it (against P5).
  case anybodyApproves
  /// A parked deployment resumes without asking the hosts that keep it (against P1).
  case parkingForgotten
  /// A wave begins in a freeze (against P5).
  case freezeIgnored
  /// Shifted traffic is not shifted back when the deployment fails (against P7).
  case trafficForgotten
  /// A message leaves its mailbox before it is in the journal (against P2).
  case messageTakenEarly
  /// A host whose traffic was taken away for a task stays without traffic after the task fails, and is reported as restored (against P8).
  case taskLeavesOut
  /// A host prunes old releases before the other hosts have succeeded (against P7).
  case prunedEarly
  /// A release that is known to be damaged counts as undamaged (against P8).
  case damageIgnored
  /// A host is changed although its receipt says that it is up to date (against P10).
  case receiptIgnored
  /// A host goes back to a release that was only on trial (against P7).
  case trialIgnored
  /// No host is asked whether a stage has run, and no host records that the stage runs (against *once*).
  case markForgotten
  /// A stage whose outcome is unknown counts as failed, and runs again (against *once*).
  case lostForgotten
  /// A failed deployment does not undo a stage that it could undo (against *undo*).
  case undoForgotten
  /// A stage is undone a second time (against *undo*).
  case undoneTwice
  /// A stage is undone in the release to which hosts go back, instead of the release for which it ran (against *undo*).
  case undoneElsewhere
  /// Hosts go back although a stage that cannot be undone has begun (against P7).
  case returnsAnyway
}
