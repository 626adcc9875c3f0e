package import DeployCore
package import DeployModel

/// What hosts that join a group, or lack what it has, are to get: its last good revision.
package struct Joining: Sendable {
  /// The deployment that brings it; nil: all of the hosts have it already.
  package var deployment: Wanted?
  /// The receipt of the revision.
  package var goal: Receipt
  /// Name of the group.
  package var group: String
  /// Names of the hosts that have it already.
  package var settled: [String]
  /// Names of hosts that were asked for, are out of reach and are left out.
  package var away: [String] = []
  /// Which hosts lack it, and why; nil: somebody named the hosts.
  package var missing: MissingHosts?

  package struct Wanted: Sendable {
    var asked: Asked
    /// The project with the recipe that the group's hosts were deployed by.
    package var project: LoadedProject
    /// The commit that the revision was made from, as far as its receipt says.
    var origin: Provenance
  }
}
