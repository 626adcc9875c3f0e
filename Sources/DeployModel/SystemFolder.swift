/// The folders of a Linux machine that belong to the system, named after the Filesystem Hierarchy Standard 3.0.
package enum SystemFolder {
  /// Folders that all installed software shares. An application must not use such a folder as its own folder, but is allowed to have a
  /// folder inside it.
  private static let shared = [
    "/bin", "/boot", "/dev", "/etc", "/etc/opt", "/home", "/lib", "/lib32", "/lib64", "/libx32", "/lost+found", "/media", "/mnt", "/opt",
    "/proc", "/root", "/run", "/sbin", "/srv", "/sys", "/tmp", "/usr", "/usr/bin", "/usr/include", "/usr/lib", "/usr/lib32", "/usr/lib64",
    "/usr/libexec", "/usr/local", "/usr/local/bin", "/usr/local/etc", "/usr/local/lib", "/usr/local/sbin", "/usr/local/share", "/usr/sbin",
    "/usr/share", "/usr/src", "/var", "/var/cache", "/var/lib", "/var/local", "/var/lock", "/var/log", "/var/mail", "/var/opt", "/var/run",
    "/var/spool", "/var/tmp",
  ]
  /// Folders in which the kernel presents its data as files. No application can store anything there.
  private static let kernel = ["/proc/", "/sys/"]

  /// Returns why a folder of a host cannot hold an application, or nil if it can.
  /// - Parameter path: an absolute path in clean form.
  package static func refusal(ofApplication path: String) -> Problem? {
    if shared.contains(where: { $0.isExactly(path) }) {
      return Problem(
        "\(path) is a folder of the system that others use too, and Lander would keep releases, current and shared in it",
        fix: "give the application a folder of its own, such as \"/srv/app\"")
    }
    guard let kernel = kernel.first(where: { path.utf8.starts(with: $0.utf8) }) else { return nil }
    return Problem(
      "\(path) lies in \(kernel), where the kernel shows itself and nothing can be kept", fix: "write \"/srv/app\", for example")
  }

  /// Returns why a folder of this machine cannot be packed into a bundle, or nil if it can.
  /// - Parameter path: an absolute path in clean form.
  package static func refusal(ofBundle path: String) -> Problem? {
    let isWhole = path.utf8.elementsEqual("/".utf8)
    let isShared = shared.contains { $0.isExactly(path) } && !["/srv", "/opt", "/mnt", "/media", "/tmp"].contains { path.isExactly($0) }
    guard isWhole || isShared || kernel.contains(where: { path.utf8.starts(with: $0.utf8) }) else { return nil }
    return Problem(
      isWhole ? "/ is the whole file system of this machine" : "\(path) is a folder of this machine's system, not one of a project",
      fix: "name the folder that holds what hosts get, such as \"dist\"")
  }
}
