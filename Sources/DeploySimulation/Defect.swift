/// A mistake that tests plant in the simulated world, to see whether the checkers find it. Mistakes in the core are in `Lapse`.
package enum Defect: String, Sendable, Hashable, CaseIterable {
  /// A host runs a job again instead of attaching to it (against *at most once*).
  case jobSentAgain
  /// A host removes `current` and then creates it again, instead of renaming once (against P3).
  case switchInTwoSteps
  /// A host makes a release current without verifying it (against P3).
  case unverifiedRelease
  /// A host obeys commands of any fence, and gives its lock to every deployment (against P1).
  case fenceIgnored
  /// A host lets every engine resume a parked deployment, even after another engine has resumed it (against P1).
  case parkedForEveryone
  /// When an application is removed from a host, the application's data is lost, although nobody asked for that (against P7).
  case dataTaken
  /// A host calls a deployment's release good immediately, although the deployment might still fail (against P7).
  case trialIgnored
  /// A host lets a stage begin although another deployment has begun or completed the same stage (against *once*).
  case stageForgotten
}
