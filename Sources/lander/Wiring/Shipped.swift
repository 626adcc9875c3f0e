import DeployModel
import Glibc

/// Finds the recipes and plugins that come with this program. They are next to the installed program, or in the checkout where it was
/// built.
enum Shipped {
  /// The path of this program.
  static var program: String {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
    return count > 0
      ? String(decoding: buffer.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
      : CommandLine.arguments[0]
  }

  /// Returns the folder with `recipes/` and `plugins/`, or nil if there is none. The folder is `LANDER_HOME`, `../share/lander`, or the
  /// nearest folder above the program that has both.
  static func folder() -> String? {
    func holds(_ folder: String) -> Bool { Folder.isDirectory(folder + "/recipes/strategies") }
    if let home = Folder.variable("LANDER_HOME"), holds(home) { return home }
    var folder = Folder.parent(of: program)
    let shared = Folder.absolute("../share/lander", in: folder)
    if holds(shared) { return shared }
    while folder != "/" {
      if holds(folder) { return folder }
      folder = Folder.parent(of: folder)
    }
    return nil
  }
}
