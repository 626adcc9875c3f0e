import DeployAppSpec
import DeployModel
import Foundation

/// Reads the appspec file of a folder that was given on the command line. The file must be a regular file of the bundle itself.
enum AppSpecFile {
  /// Refuses an appspec file that is outside the bundle, because lander would read it with its user's rights and quote it in messages.
  /// - Throws: `Problems` as `bytes` does.
  static func refuseStrangers(in request: AppSpecRequest) throws(Problems) {
    guard request.type == .directory else { return }
    for name in [request.appSpecFile, "appspec.yaml"] where Folder.exists(request.bundle.appending(name).text) {
      _ = try bytes(request.bundle, name)
    }
  }

  /// The largest size of an appspec file in bytes. It is far more than real files have, but not enough to fill the memory.
  private static let longest = 4 << 20

  /// Reads the file. - Throws: `Problems` if it is not a readable file of the bundle itself.
  static func bytes(_ root: HostPath, _ name: String) throws(Problems) -> Data {
    let path = root.appending(name).text
    func refuse(_ what: String, _ fix: String) -> Problems { Problems(Problem("\(what)", subject: name, fix: fix)) }
    let (real, inside) = (realpath(path, nil), realpath(root.text, nil))
    defer {
      free(real)
      free(inside)
    }
    if let real, let inside, !String(cString: real).utf8.starts(with: (String(cString: inside) + "/").utf8) {
      throw refuse("it is a link that leads out of the bundle, to \(String(cString: real))", "put the file itself into the bundle")
    }
    let file = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard file >= 0 else {
      throw refuse("it cannot be read: \(String(cString: strerror(errno)))", "look at its permissions: ls -l \(path)")
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      throw refuse("it is not a regular file", "put a file of that name into the bundle, or name another with --appspec-filename")
    }
    guard status.st_size <= longest else { throw refuse("it has over \(longest >> 20) MiB", "check whether it is the right file") }
    return FileHandle(fileDescriptor: file).readDataToEndOfFile()
  }
}
