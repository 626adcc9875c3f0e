package import DeployCore
package import DeployModel

/// What hosts get that join a group or lack its revision.
package struct Joining: Sendable {
  /// The deployment that brings the revision; nil: all of the hosts have it already.
  package var deployment: Wanted?
  /// The receipt of the revision.
  package var goal: Receipt
  /// Name of the group.
  package var group: String
  /// Names of the hosts that have the revision already.
  package var settled: [String]
  /// Names of requested hosts that are out of reach and are left out.
  package var away: [String] = []
  /// The hosts that lack the revision, and why; nil: the request named the hosts.
  package var missing: MissingHosts?

  package struct Wanted: Sendable {
    var asked: Asked
    /// The project with the recipe that the group's hosts were deployed by.
    package var project: LoadedProject
    /// The commit that the revision was made from, if its receipt names one.
    var origin: Provenance
  }
}
