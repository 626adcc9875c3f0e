import DeployDesk
import DeployLua
import DeployModel

/// Reads specs beside the `deploy.lua` of their project, or beside none.
struct LuaSpecs: SpecLibrary {
  /// The text of `deploy.lua`; empty: the folder has none, as one with plugins only.
  let main: String
  /// The project's folder, absolute.
  let folder: String
  let sources: ProjectSources

  func spec(_ file: SourceFile) throws(Problems) -> any ReadSpec {
    var read = LuaSpec(
      file: try LuaProject.load(
        main: SourceFile(path: "deploy.lua", text: main), spec: file, origins: sources.origins, refusing: { OptionNames.clash($0) },
        read: sources.read))
    read.project.placeRoots(in: folder)
    return read
  }
}

/// A spec in Lua.
struct LuaSpec: ReadSpec {
  private let file: LuaProject
  var project: Project

  init(file: LuaProject) {
    self.file = file
    project = file.project
  }

  var tests: [SpecTest] { file.tests }

  func run(_ test: SpecTest, _ deploy: (Trial) throws(Problems) -> Value) -> Problem? {
    do throws(Problems) { return try SpecTask(test, of: file).run(deploy) } catch {
      return error.list.first ?? Problem("the test could not be read", place: test.place)
    }
  }
}
