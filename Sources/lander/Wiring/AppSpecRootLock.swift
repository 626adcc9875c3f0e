import DeployAppSpec
import DeployGround
import DeployModel
import Foundation

/// The right to deploy in the root folder of `lander appspec run`. As with the CodeDeploy agent, only one deployment at a time works there,
/// because two deployments would remove or restore each other's files. The right ends with the process.
final class AppSpecRootLock {
  private let descriptor: Int32

  /// Acquires the right, and makes the folder if it is missing.
  /// - Throws: `Problems` if another process deploys there, or if the folder cannot be made or opened.
  init(_ root: EngineRoot) throws(Problems) {
    let path = root.path.text
    try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StateFile.unwritable(path) }
    guard FileLock.take(descriptor) else {
      close(descriptor)
      throw Problems(
        Problem("another lander appspec run deploys in \(path)", subject: "--root", fix: "wait for its end, or name another folder"),
        exit: .locked)
    }
  }

  deinit { close(descriptor) }
}
