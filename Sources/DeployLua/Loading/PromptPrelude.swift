import DeployModel

/// The Lua code that runs the lines of a prompt. It is read after the prelude, and no deployment pins it.
enum PromptPrelude {
  /// The files, in the order of their paths.
  static let files: [SourceFile] = [("line", PackageResources.line_lua), ("shown", PackageResources.shown_lua)]
    .map { SourceFile(path: "prelude/prompt/\($0.0).lua", text: String(decoding: $0.1, as: UTF8.self)) }
}
