/// A mistake that tests plant in the simulated world, to see that the checkers would find it. Those of the core are its `Lapse`.
package enum Defect: String, Sendable, Hashable, CaseIterable {
  /// A host runs a job again instead of attaching to it (against the at-most-once rule).
  case jobSentAgain
  /// A host takes `current` away and makes it anew, instead of one rename (against P3).
  case switchInTwoSteps
  /// A host makes a release current that it did not verify (against P3).
  case unverifiedRelease
  /// A host takes commands of any fence, and gives its lock to everyone (against P1).
  case fenceIgnored
  /// A host lets everyone go on with a parked deployment, also a second engine (against P1).
  case parkedForEveryone
  /// A host from which an application is removed loses its data though that was not asked for (against P7).
  case dataTaken
  /// A host takes what a deployment left for good at once, whether or not that deployment succeeded (against P7).
  case trialIgnored
  /// A host lets a stage begin that another deployment began or did (against *once*).
  case stageForgotten
}
