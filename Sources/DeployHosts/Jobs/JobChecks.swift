import DeployModel

/// Decides when to ask a host about its jobs. For each check, the host has to start a process, so the first check comes after about the
/// time that earlier jobs took.
struct JobChecks: Sendable {
  /// The time until the next check, in milliseconds.
  private(set) var pause = JobChecks.shortest
  /// The usual duration of recipes' commands in the recent past, in milliseconds, as far as the checks show it.
  private var usual = 12.0
  private var isFirst = true

  /// The shortest pause if the host rings at the end of each job. In that case, checks only fetch output.
  static let patient = 100.0
  static let shortest = 6.0
  /// The pause after a check that found new output but not the end.
  private static let stirred = 20.0
  /// The longest pause between checks that find nothing.
  private static let longest = 250.0
  /// The first check of a job comes no later than this, no matter how long earlier jobs took.
  private static let latest = 60.0
  /// The factor by which the pauses grow. It is chosen so that the end of a long job is noticed with a delay of at most a quarter of the
  /// job's duration.
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

  /// - Parameter atFirst: whether the job had already ended at the first check. If so, the job took less time than expected, and the first
  ///   check of the next job comes earlier.
  mutating func ended(after time: Duration, atFirst: Bool) {
    let took = Double(Interval(time).milliseconds)
    usual = min(Self.latest, max(Self.shortest, atFirst ? usual * 0.75 : (usual + took) / 2))
  }
}
