package import DeployCore
package import DeployModel

/// What the rehearsals of a plan against simulated hosts showed.
package struct RehearsedPlan: Sendable {
  /// The entries if every answer is good.
  package var good: [Entry]
  /// The entries if the hosts of the first wave fail; empty if nothing could fail.
  package var bad: [Entry]
  /// Names of the secrets that commands and files use, in order.
  package var secrets: [String]
  /// The findings in the recipe's functions; certain findings come first.
  package var findings: [RehearsalFinding]
  /// Parts of the code that may run several times, in words.
  package var loops: [String]
  /// What the good rehearsal showed of the waves.
  package var waves = KnownWaves.unknown

  /// The number of waves if every answer is good.
  package var waveCount: Int {
    good.count { if case .noted(.waveBegan) = $0.fact { true } else { false } }
  }

  /// The problems that occur whatever hosts answer.
  package var problems: [Problem] { findings.filter(\.isCertain).map(\.problem) }
}
