import DeployCore
import DeployModel

/// What a waiting script is told, as the prelude takes it.
enum AnswerWriter {
  static func write(_ answer: Answer) -> WireWriter {
    var writer = WireWriter()
    switch answer {
    case .begin, .slept: break
    case .outcome(let outcome):
      writer.put(outcome.failure.map { ErrorReader.value($0) } ?? .null)
      writer.put(outcome.value)
      writer.put(outcome.status.map { .int($0) } ?? .null)
      writer.put(outcome.stdout.map { .text($0.text) } ?? .null)
      writer.put(outcome.stderr.map { .text($0.text) } ?? .null)
      writer.put(.int(outcome.duration.milliseconds))
    case .results(let results):
      writer.put(
        .list(results.map { result in if case .raised(let error) = result { ErrorReader.value(error) } else { .bool(false) } }))
    case .wave(let result):
      writer.put(.list(result.succeeded.map { .int($0) }))
      writer.put(.list(result.failed.map { .int($0) }))
    case .cancel(let failure): writer.put(ErrorReader.value(failure))
    }
    return writer
  }
}
