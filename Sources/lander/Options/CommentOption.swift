import ArgumentParser

/// Why somebody says something to a deployment.
struct CommentOption: ParsableArguments {
  @Option(help: ArgumentHelp("Why: one line that the journal and everybody who follows will show.", valueName: "text"))
  var comment = ""
}
