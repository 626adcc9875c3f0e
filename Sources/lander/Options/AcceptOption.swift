import ArgumentParser

/// `--accept`.
struct AcceptOption: ParsableArguments {
  @Flag(help: "Accept a version that asks for more capabilities than the previous one.")
  var accept = false
}
