package import DeployModel

/// Reads a `plugin.lua` without the rest of its plugin. The file is only data and has access to nothing.
package enum ManifestText {
  /// The API level of this version of Lander.
  package static let level = (try? described("return {}", path: "plugin.lua").described["level"]?.int) ?? 1

  /// - Parameter path: the file's path, which is used in error messages.
  /// - Throws: an error that lists everything wrong with the manifest. A newer API level does not count as wrong.
  package static func read(_ text: String, path: String) throws(Problems) -> PluginManifest {
    let (described, reader) = try described(text, path: path)
    let problems = reader.problems(described)
    guard problems.isEmpty else { throw Problems(problems) }
    guard let manifest = described["manifest"].flatMap(reader.manifest) else {
      throw Problems(Problem("\(path) says nothing", fix: "write return { name = …, version = …, api = 1 }"))
    }
    return manifest
  }

  private static func described(_ text: String, path: String) throws(Problems) -> (described: Value, reader: ProjectReader) {
    let state: LuaState
    do { state = try LuaState(prelude: .own, limits: LuaLimits()) } catch { throw Problems(Problem(error.message), exit: .internal) }
    let request = Value.record(of: [("manifest", .text(text))])
    guard let task = state.start(state.number("load_number"), .project(path: path, request: request), whole: true) else {
      throw Problems(Problem("there is no memory to read \(path)"), exit: .internal)
    }
    switch task.step(WireWriter()) {
    case .returned(let value): return (value, ProjectReader(lines: FieldLines([SourceFile(path: path, text: text)])))
    case .raised(let error): throw Problems(ErrorReader.problem(error, in: path))
    case .asked: throw Problems(Problem("\(path) asks for something, and a manifest is data"))
    }
  }
}
