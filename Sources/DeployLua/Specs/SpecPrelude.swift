package import DeployModel

/// The words of tests. They are read after the prelude, and no deployment pins them.
package enum SpecPrelude {
  /// The files, in the order of their paths.
  package static let files: [SourceFile] = [
    ("difference", PackageResources.difference_lua), ("expectation", PackageResources.expectation_lua),
    ("lab", PackageResources.lab_lua), ("line_difference", PackageResources.line_difference_lua),
    ("played", PackageResources.played_lua), ("trial", PackageResources.trial_lua),
    ("trial_facts", PackageResources.trial_facts_lua),
    ("verdict", PackageResources.verdict_lua), ("words", PackageResources.words_lua),
  ].map { SourceFile(path: "prelude/spec/\($0.0).lua", text: String(decoding: $0.1, as: UTF8.self)) }

  /// Returns whether a file contains tests, by its name.
  package static func isSpec(_ path: String) -> Bool { path.hasSuffix("_spec.lua") }
}
