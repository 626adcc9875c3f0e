import ArgumentParser
import DeployDesk
import DeployModel

/// What `--between` asks for between two groups: `none`, `check`, `approve`, or `approve` with a time.
enum BetweenGroups: ExpressibleByArgument, Equatable {
  case nothing
  case check
  case approve(Interval)

  init?(argument: String) {
    let sides = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    switch (sides[0], sides.count) {
    case ("none", 1): self = .nothing
    case ("check", 1): self = .check
    case ("approve", 1): self = .approve(WhenBusy.usual)
    case ("approve", 2):
      guard let time = Interval(sides[1]), time >= .seconds(1), time <= .minutes(7 * 24 * 60) else { return nil }
      self = .approve(time)
    default: return nil
    }
  }

  /// The rule between two groups, as the train's record has it.
  var rule: Train.Between {
    switch self {
    case .nothing: .nothing
    case .check: .check
    case .approve(let time): .approve(time)
    }
  }
}
