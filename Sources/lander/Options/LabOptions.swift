import ArgumentParser
import DeployModel

/// Options that say what `lander test --lab` deploys to throwaway hosts, and how long that is allowed to take.
struct LabOptions: ParsableArguments {
  @Flag(
    help: """
      Run recipes for real, on throwaway hosts on this machine. Hooks, builds and other commands run here, as your user. The lab deploys \
      each recipe twice, makes a host fail, and rolls back.
      """)
  var lab = false
  @Option(help: ArgumentHelp("With --lab: only this recipe of the project.", valueName: "name"), completion: KnownNames.recipes)
  var recipe: String?
  @Option(help: ArgumentHelp("With --lab: use this group instead of the recipe's own.", valueName: "name"), completion: KnownNames.groups)
  var group: String?
  @Option(help: ArgumentHelp("With --lab: set a parameter of the recipe.", valueName: "name=value"))
  var param: [String] = []
  @Option(help: ArgumentHelp("With --lab: the maximum number of throwaway hosts for each group, from 1 to 50.", valueName: "number"))
  var hosts: Int?
  @Option(help: ArgumentHelp("With --lab: the time limit of each deployment, such as 90s or 10m. Default: 5m.", valueName: "time"))
  var timeout: String?
  @Flag(help: "With --lab: keep the folder of the throwaway hosts, and print its path.")
  var keep = false

  /// The largest number of hosts of each group if `--hosts` is not given.
  static let usualHosts = 3

  mutating func validate() throws {
    let needing: [(String, Bool)] = [
      ("--recipe", recipe != nil), ("--group", group != nil), ("--param", !param.isEmpty), ("--hosts", hosts != nil),
      ("--timeout", timeout != nil), ("--keep", keep),
    ]
    if !lab, let (name, _) = needing.first(where: { $0.1 }) { throw ValidationError("\(name) goes with --lab") }
    if let hosts, !(1...50).contains(hosts) { throw ValidationError("--hosts takes a number from 1 to 50, got \(hosts)") }
    if let timeout, limit(timeout) == nil {
      throw ValidationError("--timeout takes a time from 1s to 24h, such as 10m, got \"\(timeout)\"")
    }
  }

  private func limit(_ text: String) -> Interval? {
    guard let time = Interval(text), time >= .seconds(1), time <= .minutes(24 * 60) else { return nil }
    return time
  }

  /// The time limit of each deployment.
  var limit: Interval { timeout.flatMap(limit) ?? .minutes(5) }

  /// The largest number of hosts of each group.
  var most: Int { hosts ?? Self.usualHosts }
}
