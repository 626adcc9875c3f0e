/// Disables one rule of the core, so that tests can prove that the checkers notice it. Real deployments have no lapse.
package enum Lapse: Sendable, Hashable {
  /// The ledger has an operation performed before its intent is in the journal (against P2).
  case effectBeforeEntry
  /// Hosts are taken out of service below the floor (against P4).
  case floorIgnored
  /// Hosts are taken although a rule among hosts of one tag forbids it (against P4).
  case neighboursIgnored
  /// Hosts are begun after more failed than the budget has (against P5).
  case budgetIgnored
  /// Hosts are taken although CodeDeploy's minimum of healthy hosts forbids it (against P4).
  case healthIgnored
  /// A host that a wave left ready counts as serving (against P4).
  case readyServes
  /// A strategy may end while hosts are ready (against P8).
  case readyForgotten
  /// A paused deployment begins further hosts (against P5).
  case pauseIgnored
  /// A failed gate does not fail the deployment (against P5).
  case failedGateIgnored
  /// A gate that nobody answers passes at its deadline (against P5).
  case silenceApproves
  /// An approval that asks for signed answers passes with the first answer, whoever gives it (against P5).
  case anybodyApproves
  /// A parked deployment resumes without asking the hosts that keep it (against P1).
  case parkingForgotten
  /// A wave begins in a freeze (against P5).
  case freezeIgnored
  /// Traffic that was shifted stays where it is when the deployment fails (against P7).
  case trafficForgotten
  /// A message leaves its mailbox before it is in the journal (against P2).
  case messageTakenEarly
  /// A host that left its traffic for a task that failed stays without it, and is called restored (against P8).
  case taskLeavesOut
  /// A host prunes before the others have succeeded (against P7).
  case prunedEarly
  /// A release that is known to be damaged counts as whole (against P8).
  case damageIgnored
  /// A host is changed although its receipt says that all is as wanted (against P10).
  case receiptIgnored
  /// A host goes back to what it ran before although that never proved good (against P7).
  case trialIgnored
  /// No host is asked whether a stage ran, nor told that it runs (against *once*).
  case markForgotten
  /// A stage whose end nobody knows counts as failed, and runs again (against *once*).
  case lostForgotten
  /// A failed deployment leaves done what it could undo (against *undo*).
  case undoForgotten
  /// A stage is undone a second time (against *undo*).
  case undoneTwice
  /// A stage is undone in the release that hosts go back to (against *undo*).
  case undoneElsewhere
  /// Hosts go back although a stage that cannot be undone has begun (against P7).
  case returnsAnyway
}
