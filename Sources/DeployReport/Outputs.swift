package import DeployModel

/// Names and values that tell later steps of a CI job about a deployment, one pair a line.
package struct Outputs: Sendable {
  private let values: [(name: String, value: String)]

  /// - Parameter exit: the command's exit code.
  package init(_ exit: ExitCode, _ story: DeploymentStory, rollback: DeploymentStory? = nil) {
    let provenance = story.plan?.origin.provenance
    let all: [(String, String?)] = [
      ("deployment", story.id.rawValue), ("rollback", rollback?.id.rawValue), ("exit", "\(exit.rawValue)"), ("kind", exit.word),
      ("cause", exit.cause),
      ("group", story.plan?.subject.group), ("recipe", story.plan?.subject.recipe), ("revision", story.plan?.revision?.hex),
      ("release", story.plan?.content.release?.id.rawValue), ("commit", provenance?.commit?.id),
      ("url", provenance?.labels.first { $0.name == "url" }?.value),
    ]
    values = all.compactMap { name, value in
      value.flatMap { Provenance.line($0, limit: 400) }.map { (name, $0) }
    }
  }

  /// The values for the file of `GITHUB_OUTPUT`, one a line, such as `deployment=20261121-113045-x7k2`.
  package var github: String { values.map { "\($0.name)=\($0.value)\n" }.joined() }

  /// The values for GitLab's dotenv report, such as `LANDER_DEPLOYMENT=20261121-113045-x7k2`. The report can have at most 5 KiB and 20
  /// variables. A value that such a file cannot contain, for example one with a quote, is left out.
  package var dotenv: String {
    values.filter { value in value.value.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"\"'`\\$#".utf8.contains($0) } }
      .map { "LANDER_\($0.name.uppercased())=\($0.value)\n" }.joined()
  }
}
