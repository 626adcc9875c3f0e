/// A mistake that tests plant in the simulated world, to see whether the checkers find it. `Lapse` has the mistakes in the core.
package enum Defect: String, Sendable, Hashable, CaseIterable {
  /// A host runs a job again instead of attaching to it (against *at most once*).
  case jobSentAgain
  /// A host removes `current` and makes it again, instead of renaming once (against P3).
  case switchInTwoSteps
  /// A host makes a release current without verifying it (against P3).
  case unverifiedRelease
  /// A host obeys commands of any fence, and gives its lock to every deployment (against P1).
  case fenceIgnored
  /// A host lets every engine resume a parked deployment, even after another engine did (against P1).
  case parkedForEveryone
  /// When an application is removed from a host, its data is lost, although nobody asked for that (against P7).
  case dataTaken
  /// A host calls a deployment's release good immediately, although the deployment might still fail (against P7).
  case trialIgnored
  /// A host lets a stage begin although another deployment has begun or completed it (against *once*).
  case stageForgotten
}
