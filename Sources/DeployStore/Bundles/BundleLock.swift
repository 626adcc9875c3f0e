import DeployModel
import Glibc

/// Prevents bundles from being built and pruned at the same time. Several builds can share the lock, but pruning needs the lock
/// exclusively.
struct BundleLock {
  private let file: OpenFile

  /// Takes the lock.
  /// - Throws: an error if other processes keep the lock for more than ten minutes, or if the task is cancelled.
  init(in folder: String, exclusive: Bool) async throws(Failure) {
    file = try OpenFile("\(folder)/lock", O_RDWR | O_CREAT)
    var attempts = 12_000
    while !file.lock(exclusive: exclusive) {
      attempts -= 1
      guard attempts > 0, !Task.isCancelled else {
        throw Failure(
          .store, "the bundles in \(folder) are being \(exclusive ? "built or pruned" : "pruned") by another lander",
          fix: "wait for it to end")
      }
      try? await Task.sleep(for: .milliseconds(50))
    }
  }

  func release() { flock(file.descriptor, LOCK_UN) }
}
