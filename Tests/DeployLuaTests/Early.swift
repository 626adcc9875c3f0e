import DeployLua
import DeployModel
import Foundation

/// Files that an earlier version of Lander pinned.
enum Early {
  /// The last prelude that made requests with positional arguments, before the fields were named.
  static let prelude: [SourceFile] = {
    let folder = "Tests/DeployLuaTests/Fixtures/prelude-2"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: Shipped.root.appending(path: folder).path)) ?? []
    return names.sorted().map { SourceFile(path: "prelude/\($0)", text: Shipped.text("\(folder)/\($0)") ?? "") }
  }()

  /// Returns the sources of a project as that earlier version would have pinned them.
  static func sources(of project: LuaProject) -> [SourceFile] {
    (project.sources.filter { !Prelude.holds($0) } + prelude).sorted { $0.path < $1.path }
  }
}
