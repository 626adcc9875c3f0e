/// One deployment of a bundle with an appspec file to one host.
package struct AppSpecRequest: Sendable, Hashable {
  package enum BundleType: String, Sendable, Hashable, CaseIterable { case directory, tar, tgz, zip }

  package var id: String
  package var bundle: HostPath
  package var type: BundleType
  /// Revisions kept under the engine's root, the new one counted: 1 at least.
  package var maxRevisions: Int
  /// DISALLOW, OVERWRITE or RETAIN; another word fails as soon as a file exists. The appspec file wins.
  package var fileExistsBehavior: String
  /// Relative to the bundle.
  package var appSpecFile: String
  /// Events to run; nil: all.
  package var events: [String]?
  package var application: String
  package var groupName: String
  /// Whether what an installation replaces or removes is kept until the deployment ends, and put back if it fails.
  package var restore: Bool
  /// Whether a failure of the old revision's ApplicationStop and BlockTraffic scripts is skipped.
  package var ignoresStopFailures: Bool
  /// Whether links that others can exchange are refused on the way to what is installed; otherwise they are followed, with a warning.
  package var refusesForeignLinks: Bool
  /// Whether the bundle is a folder that the engine staged. It may have been an archive; and its modes are its own, as an archive's are,
  /// where the agent cuts those of a folder by the umask.
  package var isRelease = false

  package static let standardFile = "appspec.yml"
  package static let standardEvents = [
    "BeforeBlockTraffic", "AfterBlockTraffic", "ApplicationStop", "DownloadBundle", "BeforeInstall", "Install", "AfterInstall",
    "ApplicationStart", "ValidateService", "BeforeAllowTraffic", "AfterAllowTraffic",
  ]
  /// Events whose scripts are the last successfully installed revision's.
  package static let leaveTaking = ["BeforeBlockTraffic", "AfterBlockTraffic", "ApplicationStop"]

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

  /// The events that run, in order: those asked for, with DownloadBundle and Install in front if they are missing.
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
