import DeployCore
import DeployModel

/// Encodes the answer for a script that waits. The answer is one record with only the members that apply.
enum Reply {
  static func write(_ answer: Answer) -> WireWriter {
    var writer = WireWriter()
    switch answer {
    case .begin: break
    case .slept: writer.begin(record: 0)
    case .outcome(let outcome): write(outcome, to: &writer)
    case .results(let results):
      writer.begin(record: 1)
      writer.put(
        "results",
        .list(results.map { result in if case .raised(let error) = result { ErrorReader.value(error) } else { .bool(false) } }))
    case .wave(let result):
      writer.begin(record: 3)
      writer.put("failed", .list(result.failed.map { .int($0) }))
      writer.put("ready", .list((result.ready ?? []).map { .int($0) }))
      writer.put("succeeded", .list(result.succeeded.map { .int($0) }))
    case .gate(let answer): write(answer, to: &writer)
    case .shifted(let weights):
      writer.begin(record: 1)
      writer.put("weights", weights.value)
    case .refused(let failure): return refusal(failure)
    case .cancel(let failure): writer.put(ErrorReader.value(failure))
    }
    return writer
  }

  private static func write(_ answer: GateAnswer, to writer: inout WireWriter) {
    writer.begin(record: 2 + (answer.at == nil ? 0 : 1) + (answer.by == nil ? 0 : 1) + (answer.signed == nil ? 0 : 1))
    if let at = answer.at { writer.put("at", .int(at.milliseconds / 1000)) }
    if let by = answer.by { writer.put("by", .text(by)) }
    writer.put("comment", .text(answer.comment))
    if let signed = answer.signed {
      let each = signed.map { one -> Value in
        .record(of: [("at", .int(one.at.milliseconds / 1000)), ("by", .text(one.by)), ("comment", .text(one.comment))])
      }
      writer.put("signed", .list(each))
    }
    writer.put("verdict", .text(answer.verdict.rawValue))
  }

  /// Encodes the refusal of a question. The prelude's word raises it as an error.
  static func refusal(_ failure: Failure) -> WireWriter {
    var writer = WireWriter()
    writer.begin(record: 1)
    writer.put("refused", ErrorReader.value(failure))
    return writer
  }

  private static func write(_ outcome: Outcome, to writer: inout WireWriter) {
    let stdout = outcome.stdout?.text ?? ""
    let stderr = outcome.stderr?.text ?? ""
    var members = 1
    if outcome.failure != nil { members += 1 }
    if outcome.status != nil { members += 1 }
    if !stdout.isEmpty { members += 1 }
    if !stderr.isEmpty { members += 1 }
    if outcome.value != .null { members += 1 }
    // Preludes of older versions ignore these members. So a text that was cut also contains a line that says so.
    if outcome.stdout?.truncated == true { members += 1 }
    if outcome.stderr?.truncated == true { members += 1 }
    writer.begin(record: members)
    if let failure = outcome.failure { writer.put("failure", ErrorReader.value(failure)) }
    if let status = outcome.status { writer.put("status", .int(status)) }
    if !stderr.isEmpty { writer.put("stderr", .text(stderr)) }
    if outcome.stderr?.truncated == true { writer.put("stderr_cut", .bool(true)) }
    if !stdout.isEmpty { writer.put("stdout", .text(stdout)) }
    if outcome.stdout?.truncated == true { writer.put("stdout_cut", .bool(true)) }
    writer.put("took", .int(outcome.duration.milliseconds))
    if outcome.value != .null { writer.put("value", outcome.value) }
  }
}
