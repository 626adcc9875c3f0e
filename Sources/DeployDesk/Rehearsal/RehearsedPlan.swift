package import DeployCore
package import DeployModel

/// The results of rehearsing a plan against simulated hosts.
package struct RehearsedPlan: Sendable {
  /// The entries of the rehearsal in which every answer is good.
  package var good: [Entry]
  /// The entries of the rehearsal in which the hosts of the first wave fail, or empty if nothing could fail.
  package var bad: [Entry]
  /// The names of the secrets that commands and files use, in order.
  package var secrets: [String]
  /// The findings in the recipe's functions. Those that are certain come first.
  package var findings: [RehearsalFinding]
  /// Descriptions of the parts of the code that might run several times.
  package var loops: [String]
  /// What the rehearsal with good answers showed about the waves.
  package var waves = KnownWaves.unknown

  /// The number of waves in the rehearsal with good answers.
  package var waveCount: Int {
    good.count { if case .noted(.waveBegan) = $0.fact { true } else { false } }
  }

  /// The problems that occur no matter how the hosts answer.
  package var problems: [Problem] { findings.filter(\.isCertain).map(\.problem) }
}
