package import DeployCore
package import DeployModel

/// What playing a plan against simulated hosts showed.
package struct RehearsedPlan: Sendable {
  /// Everything answers well.
  package var good: [Entry]
  /// The hosts of the first wave fail; empty if nothing could fail.
  package var bad: [Entry]
  /// Names of the secrets that commands and files use, in order.
  package var secrets: [String]
  /// What was found in the recipe's functions; what is certain comes first.
  package var findings: [RehearsalFinding]
  /// Stretches of code that may run several times, in words.
  package var loops: [String]
  /// What the good rehearsal showed of the waves.
  package var waves = KnownWaves.unknown

  /// What is wrong whatever hosts answer.
  package var problems: [Problem] { findings.filter(\.isCertain).map(\.problem) }
}
