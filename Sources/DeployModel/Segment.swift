/// A part of a host's deployment, in this order. A wave may leave its hosts *ready* after a segment; a later wave takes them on.
package enum Segment: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  /// Takes traffic away and stops the outgoing release: BeforeBlockTraffic … ApplicationStop.
  case stop
  /// Sends and verifies the release, unless the upload stage did: DownloadBundle.
  case deliver
  /// Makes the release current: BeforeInstall, Install, AfterInstall.
  case install
  /// ApplicationStart.
  case start
  /// ValidateService.
  case validate
  /// Gives traffic back: BeforeAllowTraffic, AllowTraffic, AfterAllowTraffic.
  case admit
  /// Writes the receipt, which is on trial until the deployment has succeeded.
  case settle

  /// Its lifecycle events, in their order; none for `settle`.
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
