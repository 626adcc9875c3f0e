import DeployDesk
import DeployModel
import DeployReport

extension PastDeployments {
  /// The largest size of one stream in an object for programs, in bytes. If the stream is longer, only its end is kept. `lander logs --raw`
  /// writes all of it.
  private static let most = 1 << 20

  /// Returns the commands of a deployment with their output, as data for programs.
  func value(of log: DeploymentLog) throws -> Value {
    JSON.record([
      ("deployment", .text(log.deployment.id.rawValue)), ("recipe", .text(log.deployment.recipe)), ("group", .text(log.deployment.group)),
      ("damage", log.damage.map { .text("entry \($0.sequence) \($0.what)") }),
      ("commands", .list(try log.commands.map { try value(of: $0, in: log.deployment.id) })),
    ])
  }

  private func value(of command: CommandLog, in deployment: Deployment.ID) throws -> Value {
    let outcome = command.outcome
    return JSON.record([
      ("host", .text(command.host)), ("event", command.event.isEmpty ? nil : .text(command.event)),
      ("text", .text(command.operation.sentence)), ("began", .text(When.iso(command.began))), ("ended", .bool(outcome != nil)),
      ("ok", outcome.map { .bool($0.failure == nil) }), ("status", outcome?.status.map { .int($0) }),
      ("duration_ms", outcome.map { .int($0.duration.milliseconds) }), ("error", outcome?.failure.map { .text($0.message) }),
      ("stdout", try written(command, .stdout, deployment)), ("stderr", try written(command, .stderr, deployment)),
    ])
  }

  private func written(_ command: CommandLog, _ stream: OutputChunk.Stream, _ deployment: Deployment.ID) throws -> Value {
    let bytes = try output(of: command, stream, in: deployment)
    return JSON.record([
      ("bytes", .int(bytes.count)), ("truncated", .bool(bytes.count > Self.most)),
      ("text", .text(String(decoding: bytes.suffix(Self.most), as: UTF8.self))),
    ])
  }
}
