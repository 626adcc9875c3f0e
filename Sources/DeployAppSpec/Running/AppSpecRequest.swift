package import DeployModel

/// A request to deploy one bundle, which has an appspec file, to one host.
package struct AppSpecRequest: Sendable, Hashable {
  package enum BundleType: String, Sendable, Hashable, CaseIterable { case directory, tar, tgz, zip }

  package var id: Deployment.ID
  package var bundle: HostPath
  package var type: BundleType
  /// The number of revisions that stay under the engine's root, including the new one. At least 1.
  package var maxRevisions: Int
  /// DISALLOW, OVERWRITE or RETAIN. With any other word, the deployment fails if a file already exists. The appspec file's own setting
  /// overrides this one.
  package var fileExistsBehavior: String
  /// The path of the appspec file in the bundle.
  package var appSpecFile: String
  /// The events to run, or nil for all.
  package var events: [String]?
  package var application: String
  package var groupName: String
  /// Whether, if the deployment fails, the engine restores everything that the installation replaced or removed. If true, the engine keeps
  /// a copy of it until the deployment ends.
  package var restore: Bool
  /// Whether failures of the old revision's ApplicationStop and BlockTraffic scripts are ignored.
  package var ignoresStopFailures: Bool
  /// Whether to refuse paths of installed files that lead through links that other users can replace. If false, such links are followed,
  /// with a warning.
  package var refusesForeignLinks: Bool
  /// Whether the bundle is a folder that the engine staged. Such a folder might come from an archive, so the modes in it are kept, as with
  /// an archive. For any other folder, the umask limits the modes, as in the agent.
  package var isRelease = false

  package static let standardFile = "appspec.yml"
  package static let standardEvents = [
    "BeforeBlockTraffic", "AfterBlockTraffic", "ApplicationStop", "DownloadBundle", "BeforeInstall", "Install", "AfterInstall",
    "ApplicationStart", "ValidateService", "BeforeAllowTraffic", "AfterAllowTraffic",
  ]
  /// The events that run the scripts of the last revision that was installed successfully.
  package static let outgoingEvents = ["BeforeBlockTraffic", "AfterBlockTraffic", "ApplicationStop"]

  package init(
    id: Deployment.ID, bundle: HostPath, type: BundleType = .directory, maxRevisions: Int = 5, fileExistsBehavior: String = "DISALLOW",
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

  /// The events that run, in order. If DownloadBundle or Install is not among the requested events, it runs before them.
  package var eventsToRun: [String] {
    guard var events else { return Self.standardEvents }
    if !events.contains("Install") {
      events.insert("Install", at: events.firstIndex(of: "DownloadBundle").map { $0 + 1 } ?? 0)
    }
    if !events.contains("DownloadBundle") { events.insert("DownloadBundle", at: 0) }
    return events
  }

  /// The event names that the hooks of the appspec file are allowed to have.
  package var possibleEvents: [String] {
    Self.standardEvents + (events ?? []).filter { !Self.standardEvents.contains($0) }
  }
}
