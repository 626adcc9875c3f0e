import DeployDesk
import DeployModel
import Foundation
import Glibc

/// A plugin in a folder of this machine.
struct PluginFolder {
  let path: String

  /// The names of folders that are not part of a plugin.
  private static let ignored: Set = [".git", ".lander", ".luals"]

  /// Returns whether a file is in such a folder. No source counts such a file as part of the plugin.
  static func ignores(_ file: String) -> Bool { file.pathParts.dropLast().contains { ignored.contains(String($0)) } }

  /// Reads the files of the plugin, or returns nil if the folder does not exist.
  /// - Throws: if the folder contains something that a plugin is not allowed to have, such as a link.
  func tree() throws(Problem) -> PluginTree? {
    guard Folder.isDirectory(path) else { return nil }
    var files: [PluginTree.File] = []
    try read("", &files, depth: 0)
    return try PluginTree(files)
  }

  private func read(_ folder: String, _ files: inout [PluginTree.File], depth: Int) throws(Problem) {
    guard depth < 20 else { throw Problem("\(path)/\(folder) has folders that are nested 20 deep") }
    for name in Folder.names(in: "\(path)/\(folder)") where !Self.ignored.contains(name) {
      let relative = folder.isEmpty ? name : "\(folder)/\(name)"
      var status = stat()
      guard lstat("\(path)/\(relative)", &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: try read(relative, &files, depth: depth + 1)
      case S_IFREG:
        guard files.count < PluginTree.mostFiles, Int(status.st_size) <= PluginTree.mostBytes else {
          throw Problem("\(path) is too large for a plugin: \(PluginTree.mostFiles) files, \(PluginTree.mostBytes >> 20) MiB")
        }
        guard let bytes = FileManager.default.contents(atPath: "\(path)/\(relative)") else {
          throw Problem("\(path)/\(relative) cannot be read", fix: "look at its permissions: ls -l")
        }
        files.append(PluginTree.File(relative, isExecutable: status.st_mode & 0o100 != 0, bytes: Array(bytes)))
      case S_IFLNK: throw Problem("\(path)/\(relative) is a link, and a plugin holds files only", fix: "put the file itself there")
      default: throw Problem("\(path)/\(relative) is not a file", fix: "remove it: a plugin holds files only")
      }
    }
  }

  /// Replaces the contents of the folder with these files.
  func write(_ tree: PluginTree) throws(Problem) {
    let new = path + ".new-\(getpid())"
    do {
      try? FileManager.default.removeItem(atPath: new)
      for file in tree.files {
        let target = "\(new)/\(file.path)"
        try FileManager.default.createDirectory(atPath: Folder.parent(of: target), withIntermediateDirectories: true)
        try Data(file.bytes).write(to: URL(filePath: target))
        if file.isExecutable { chmod(target, 0o755) }
      }
      if Folder.exists(path) { try FileManager.default.removeItem(atPath: path) }
      try FileManager.default.moveItem(atPath: new, toPath: path)
    } catch {
      try? FileManager.default.removeItem(atPath: new)
      throw Problem("\(path) cannot be written", fix: "check the folder's permissions and the free space on its disk")
    }
  }

  func remove() throws(Problem) {
    guard Folder.exists(path) else { return }
    do { try FileManager.default.removeItem(atPath: path) } catch {
      throw Problem("\(path) cannot be removed", fix: "look at its permissions")
    }
  }
}
