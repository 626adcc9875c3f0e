import ArgumentParser

/// `--accept`.
struct AcceptOption: ParsableArguments {
  @Flag(help: "Take a version that asks for more than the one before.")
  var accept = false
}
