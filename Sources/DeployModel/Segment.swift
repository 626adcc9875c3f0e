/// A part of a host's deployment. The cases are in order. A wave can leave its hosts *ready* after a segment, and a later wave then
/// continues with these hosts.
package enum Segment: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  /// Blocks traffic and stops the outgoing release: BeforeBlockTraffic … ApplicationStop.
  case stop
  /// Sends and verifies the release, unless the upload stage has done so: DownloadBundle.
  case deliver
  /// Makes the release current: BeforeInstall, Install, AfterInstall.
  case install
  /// Starts the release: ApplicationStart.
  case start
  /// Checks the started release: ValidateService.
  case validate
  /// Allows traffic again: BeforeAllowTraffic, AllowTraffic, AfterAllowTraffic.
  case admit
  /// Writes the receipt, which is on trial until the deployment has succeeded.
  case settle

  /// The lifecycle events of the segment, in order, or empty for `settle`.
  package var events: [LifecycleEvent] {
    switch self {
    case .stop: [.beforeBlockTraffic, .blockTraffic, .afterBlockTraffic, .applicationStop]
    case .deliver: [.downloadBundle]
    case .install: [.beforeInstall, .install, .afterInstall]
    case .start: [.applicationStart]
    case .validate: [.validateService]
    case .admit: [.beforeAllowTraffic, .allowTraffic, .afterAllowTraffic]
    case .settle: []
    }
  }

  package static func < (a: Segment, b: Segment) -> Bool { a.place < b.place }

  private var place: Int {
    switch self {
    case .stop: 0
    case .deliver: 1
    case .install: 2
    case .start: 3
    case .validate: 4
    case .admit: 5
    case .settle: 6
    }
  }
}
