import ArgumentParser
import DeployDesk

/// The simulated fleet that replaces the group's own hosts.
struct FleetOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The number of simulated hosts. Default: the number of hosts in the group.", valueName: "count"))
  var hosts: Int?
  @Option(parsing: .unconditional, help: ArgumentHelp("The seed of the random numbers. Default: a new seed.", valueName: "number"))
  var seed: UInt64?

  /// The seed that was given, or else a new one.
  var chosenSeed: UInt64 { seed ?? UInt64.random(in: 0...999_999) }

  func validate() throws {
    if let hosts, hosts < 1 || hosts > Forecast.mostHosts { throw ValidationError("--hosts takes 1 to \(Forecast.mostHosts)") }
  }
}
