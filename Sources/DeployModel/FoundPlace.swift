/// What a survey found at one path of a host.
package struct FoundPlace: Sendable {
  package var host: Host
  /// The path on the host. A host with a root has the path below that root.
  package var path: String
  package var survey: Survey

  package init(host: Host, path: String, survey: Survey) {
    (self.host, self.path, self.survey) = (host, path, survey)
  }

  /// Whether the host could not be reached, so that nothing is known about any of its paths.
  package var isAway: Bool { if case .unreachable(let failure) = survey { failure.kind == .unreachable } else { false } }
}
