package import DeployCore
package import DeployModel

/// What is known about hosts that join a group or lack its revision.
package struct Joining: Sendable {
  /// The deployment that brings the revision, or nil if all hosts already have it.
  package var deployment: Wanted?
  /// The receipt of the revision.
  package var goal: Receipt
  /// The group's name.
  package var group: String
  /// The names of the hosts that already have the revision.
  package var settled: [String]
  /// The names of the requested hosts that are left out because they are unreachable.
  package var away: [String] = []
  /// The hosts that lack the revision, with the reasons, or nil if the request itself listed the hosts.
  package var missing: MissingHosts?

  package struct Wanted: Sendable {
    var asked: Asked
    /// The project, with the recipe that deployed the group's hosts.
    package var project: LoadedProject
    /// The commit from which the revision was made, if its receipt names one.
    var origin: Provenance
  }
}
