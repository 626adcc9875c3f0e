import ArgumentParser

/// How programs get the result. Every command has these options.
struct ResultOptions: ParsableArguments {
  @Flag(
    help: """
      Print only one JSON object on standard output, even after an error. Its fields are exit, kind, cause, retry, message, fix, problems \
      and result (see docs/schemas).
      """)
  var json = false
  @Option(help: ArgumentHelp("Also write the JSON object (see --json) to this file.", valueName: "file"))
  var result: String?

  /// - Throws: if `--json` was given together with an option that asks for another form of standard output.
  func refuse(beside option: String) throws {
    if json { throw ValidationError("--json and \(option) exclude each other: use --result FILE for the object") }
  }

  /// Whether a program reads the result.
  var isWanted: Bool { json || result != nil }
}
