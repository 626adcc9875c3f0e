import DeployLua
import DeployModel
import Foundation

/// What an earlier Lander pinned.
enum Early {
  /// A prelude that asked by position, as the last version before named fields had it.
  static let prelude: [SourceFile] = {
    let folder = "Tests/DeployLuaTests/Fixtures/prelude-2"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: Shipped.root.appending(path: folder).path)) ?? []
    return names.sorted().map { SourceFile(path: "prelude/\($0)", text: Shipped.text("\(folder)/\($0)") ?? "") }
  }()

  /// The sources of a project as that version pinned them.
  static func sources(of project: LuaProject) -> [SourceFile] {
    (project.sources.filter { !Prelude.holds($0) } + prelude).sorted { $0.path < $1.path }
  }
}
