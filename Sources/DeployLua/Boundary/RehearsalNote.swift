import DeployModel

/// Something that a function noted while it was being rehearsed.
enum RehearsalNote {
  /// The function used an answer that the rehearsal had invented.
  case doubt
  /// A mistake. `kind` is `misnamed` if the mistake occurs no matter how the hosts answer.
  case mistake(kind: String, Problem)
  /// The next operation might run `times` times. The pauses between the runs take `pauses` milliseconds in total.
  case repeats(times: Int, pauses: Int)
  /// A part of the code might run several times.
  case loops(SourcePlace?, times: Int)

  /// Decodes a note, or nil if this engine does not know the kind.
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
