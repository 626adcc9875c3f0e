import DeployModel

/// When to ask a host for its jobs. Each look costs the host a process, so the first look comes after the time that earlier jobs took.
struct Looks: Sendable {
  /// Milliseconds until the next look.
  private(set) var pause = Looks.shortest
  /// Milliseconds that the last commands of recipes took, as far as looks can tell.
  private var usual = 12.0
  private var isFirst = true

  /// The shortest pause if the host rings at the end of each job, so that looks are only needed for output.
  static let patient = 100.0
  static let shortest = 6.0
  /// The pause after output that did not end the command.
  private static let stirred = 20.0
  /// The pause if nothing happens.
  private static let longest = 250.0
  /// The first look at a job comes at this time at the latest, however long earlier jobs took.
  private static let latest = 60.0
  /// The growth of the pauses, so that the end of a long job is noticed late by at most a quarter of its time.
  private static let growth = 1.25

  mutating func begin() {
    pause = usual
    isFirst = true
  }

  mutating func saw(news: Bool) {
    if news {
      pause = Self.stirred
    } else {
      pause = isFirst ? max(Self.shortest, usual / 4) : min(pause * Self.growth, Self.longest)
    }
    isFirst = false
  }

  /// - Parameter atFirst: whether the first look saw the end, so that the job took less time; the next one is looked at earlier.
  mutating func ended(after time: Duration, atFirst: Bool) {
    let took = Double(Interval(time).milliseconds)
    usual = min(Self.latest, max(Self.shortest, atFirst ? usual * 0.75 : (usual + took) / 2))
  }
}
