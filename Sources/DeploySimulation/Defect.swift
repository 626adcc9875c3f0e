/// A mistake that tests plant in the simulated world, to see that the checkers find it. The core's mistakes are its `Lapse`.
package enum Defect: String, Sendable, Hashable, CaseIterable {
  /// A host runs a job again instead of attaching to it (against the at-most-once rule).
  case jobSentAgain
  /// A host removes `current` and makes it again, instead of one rename (against P3).
  case switchInTwoSteps
  /// A host makes a release current without verifying it (against P3).
  case unverifiedRelease
  /// A host obeys commands of any fence, and gives its lock to everyone (against P1).
  case fenceIgnored
  /// A host lets every engine resume a parked deployment, even a second one (against P1).
  case parkedForEveryone
  /// A host from which an application is removed loses its data although nobody asked for that (against P7).
  case dataTaken
  /// A host counts what a deployment left as good at once, whether or not that deployment succeeded (against P7).
  case trialIgnored
  /// A host lets a stage begin that another deployment began or did (against *once*).
  case stageForgotten
}
