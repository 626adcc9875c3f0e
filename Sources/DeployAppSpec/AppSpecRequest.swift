/// One deployment of a bundle with an appspec file to one host.
package struct AppSpecRequest: Sendable, Hashable {
  package enum BundleType: String, Sendable, Hashable, CaseIterable { case directory, tar, tgz, zip }

  package var id: String
  package var bundle: HostPath
  package var type: BundleType
  /// Revisions that stay under the engine's root, including the new one: at least 1.
  package var maxRevisions: Int
  /// DISALLOW, OVERWRITE or RETAIN; another word fails once a file exists. The appspec file takes precedence.
  package var fileExistsBehavior: String
  /// Relative to the bundle.
  package var appSpecFile: String
  /// Events to run; nil: all.
  package var events: [String]?
  package var application: String
  package var groupName: String
  /// Whether what an installation replaces or removes is kept until the deployment ends, and restored if it fails.
  package var restore: Bool
  /// Whether a failure of the old revision's ApplicationStop and BlockTraffic scripts is skipped.
  package var ignoresStopFailures: Bool
  /// Whether links that others can exchange are refused on the way to installed files; if not, they are followed, with a warning.
  package var refusesForeignLinks: Bool
  /// Whether the bundle is a folder that the engine staged. It may come from an archive, and its modes are its own, like an archive's;
  /// the agent cuts the modes of a folder by the umask.
  package var isRelease = false

  package static let standardFile = "appspec.yml"
  package static let standardEvents = [
    "BeforeBlockTraffic", "AfterBlockTraffic", "ApplicationStop", "DownloadBundle", "BeforeInstall", "Install", "AfterInstall",
    "ApplicationStart", "ValidateService", "BeforeAllowTraffic", "AfterAllowTraffic",
  ]
  /// Events that run the last successfully installed revision's scripts.
  package static let outgoingEvents = ["BeforeBlockTraffic", "AfterBlockTraffic", "ApplicationStop"]

  package init(
    id: String, bundle: HostPath, type: BundleType = .directory, maxRevisions: Int = 5, fileExistsBehavior: String = "DISALLOW",
    appSpecFile: String = AppSpecRequest.standardFile, events: [String]? = nil, application: String? = nil,
    groupName: String = "LocalFleet", restore: Bool = false, ignoresStopFailures: Bool = false,
    refusesForeignLinks: Bool = false
  ) {
    self.id = id
    self.bundle = bundle
    self.type = type
    self.maxRevisions = maxRevisions
    self.fileExistsBehavior = fileExistsBehavior
    self.appSpecFile = appSpecFile
    self.events = events
    self.application = application ?? bundle.text
    self.groupName = groupName
    self.restore = restore
    self.ignoresStopFailures = ignoresStopFailures
    self.refusesForeignLinks = refusesForeignLinks
  }

  /// The events that run, in order: those asked for, after DownloadBundle and Install if these are missing.
  package var eventsToRun: [String] {
    guard var events else { return Self.standardEvents }
    if !events.contains("Install") {
      events.insert("Install", at: events.firstIndex(of: "DownloadBundle").map { $0 + 1 } ?? 0)
    }
    if !events.contains("DownloadBundle") { events.insert("DownloadBundle", at: 0) }
    return events
  }

  /// Names that hooks of the appspec file may have.
  package var possibleEvents: [String] {
    Self.standardEvents + (events ?? []).filter { !Self.standardEvents.contains($0) }
  }
}
