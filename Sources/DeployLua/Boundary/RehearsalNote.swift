import DeployModel

/// What a function found while it was only played.
enum RehearsalNote {
  /// It looked at an answer that is made up.
  case doubt
  /// `kind`: `misnamed` for what is wrong whatever hosts answer.
  case mistake(kind: String, Problem)
  /// The next operation may be made that often, with pauses of so many milliseconds in all.
  case repeats(times: Int, pauses: Int)
  /// A stretch of code that may run several times.
  case loops(SourcePlace?, times: Int)

  /// Nil for what this engine does not know.
  init?(_ kind: String, _ value: Value) {
    let place = value["file"]?.text.flatMap { file in value["line"]?.int.map { SourcePlace(file: file, line: $0) } }
    switch kind {
    case "doubt": self = .doubt
    case "mistake":
      guard let kind = value["kind"]?.text, let message = value["message"]?.text else { return nil }
      self = .mistake(kind: kind, Problem(message, place: place, fix: value["fix"]?.text))
    case "repeats":
      guard let times = value["times"]?.int, let pauses = value["pauses"]?.int else { return nil }
      self = .repeats(times: times, pauses: pauses)
    case "loops":
      guard let times = value["times"]?.int else { return nil }
      self = .loops(place, times: times)
    default: return nil
    }
  }
}
