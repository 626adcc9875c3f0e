/// A step in one host's part of a deployment, at which hooks run. The names and the order of the events are CodeDeploy's.
package enum LifecycleEvent: String, Sendable, Hashable, Codable, CaseIterable {
  case beforeBlockTraffic = "BeforeBlockTraffic"
  case blockTraffic = "BlockTraffic"
  case afterBlockTraffic = "AfterBlockTraffic"
  case applicationStop = "ApplicationStop"
  case downloadBundle = "DownloadBundle"
  case beforeInstall = "BeforeInstall"
  case install = "Install"
  case afterInstall = "AfterInstall"
  case applicationStart = "ApplicationStart"
  case validateService = "ValidateService"
  case beforeAllowTraffic = "BeforeAllowTraffic"
  case allowTraffic = "AllowTraffic"
  case afterAllowTraffic = "AfterAllowTraffic"

  /// Whether the event concerns the outgoing release. Its hooks then run in that release, and are skipped if there is none.
  package var concernsPrevious: Bool {
    switch self {
    case .beforeBlockTraffic, .blockTraffic, .afterBlockTraffic, .applicationStop: true
    default: false
    }
  }

  /// Whether the event belongs to giving the host its traffic back.
  package var givesTraffic: Bool {
    switch self {
    case .beforeAllowTraffic, .allowTraffic, .afterAllowTraffic: true
    default: false
    }
  }
}
