import ArgumentParser

/// How programs get the result; every command has these options.
struct ResultOptions: ParsableArguments {
  @Flag(
    help: """
      Print one JSON object and nothing else on standard output, even after an error. It has exit, kind, cause, retry, message, fix, \
      problems, and the result (docs/schemas).
      """)
  var json = false
  @Option(help: ArgumentHelp("Also write the JSON object of --json to this file.", valueName: "file"))
  var result: String?

  /// Whether a program reads the result.
  var isWanted: Bool { json || result != nil }
}
