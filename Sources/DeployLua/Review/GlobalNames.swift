import DeployModel

/// A global that a function of a source reads or writes, even if the function never runs.
struct GlobalName: Hashable {
  var name: String
  var line: Int
  var isWritten: Bool

  /// Returns all globals of a source, from its compiled form. There are none if the source does not compile or its form is unknown.
  static func all(in file: SourceFile) -> [GlobalName] {
    let code = LuaState.compiled(file, named: "@" + file.path)
    return code.withUnsafeBufferPointer { bytes in
      var reader = CompiledReader(bytes)
      return reader.globals() ?? []
    }
  }
}
