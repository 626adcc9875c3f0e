import DeployDesk
import DeployLua
import DeployModel

/// Reads tests of recipes together with the `deploy.lua` of their project, or without one.
struct LuaSpecs: SpecLibrary {
  /// The text of `deploy.lua`, or empty if the folder has none, for example because it has only plugins.
  let main: String
  /// The project's folder, absolute.
  let folder: String
  let sources: ProjectSources
  /// Records which lines run, or nil if nothing records them.
  var coverage: Coverage?

  func spec(_ file: SourceFile) throws(Problems) -> any ReadSpec { LuaSpec(text: file, file: try read(file), library: self) }

  fileprivate func read(_ file: SourceFile) throws(Problems) -> LuaProject {
    try LuaProject.load(
      main: SourceFile(path: "deploy.lua", text: main), spec: file, origins: sources.origins, refusing: { OptionNames.clash($0) },
      reviews: false, read: sources.read)
  }
}

/// A test file in Lua.
struct LuaSpec: ReadSpec {
  private let text: SourceFile
  private let file: LuaProject
  private let library: LuaSpecs
  private let played = PlayedStrategies()
  let project: Project

  init(text: SourceFile, file: LuaProject, library: LuaSpecs) {
    self.text = text
    self.file = file
    self.library = library
    project = Self.placed(file.project, library)
  }

  private static func placed(_ project: Project, _ library: LuaSpecs) -> Project {
    var project = project
    project.placeRoots(in: library.folder)
    return project
  }

  var tests: [SpecTest] { file.tests }

  func project(playing strategy: Trial.Strategy) throws(Problems) -> Project {
    let (main, sources) = (SourceFile(path: "deploy.lua", text: library.main), library.sources)
    let spec = StrategySpec(strategy, in: text)
    return try played.project(of: spec) { () throws(Problems) in
      Self.placed(try spec.project(after: main, origins: sources.origins, read: sources.read), library)
    }
  }

  func run(_ test: SpecTest, _ deploy: (Trial) throws(Problems) -> Value) -> Problem? {
    do throws(Problems) { return try SpecTask(test, of: file, coverage: library.coverage).run(deploy) } catch {
      return error.list.first ?? Problem("the test could not be read", place: test.place)
    }
  }

  func run(_ test: SpecTest, inLab perform: @Sendable (LabQuestion) async throws(Problems) -> Value) async -> Problem? {
    do throws(Problems) { return await (try SpecTask(test, of: file, coverage: library.coverage)).runInLab(perform) } catch {
      return error.list.first ?? Problem("the test could not be read", place: test.place)
    }
  }
}
