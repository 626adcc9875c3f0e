import ArgumentParser

/// The option `--accept`: allows a version of a plugin that asks for more capabilities.
struct AcceptOption: ParsableArguments {
  @Flag(help: "Accept a version that asks for more capabilities than the previous one.")
  var accept = false
}
