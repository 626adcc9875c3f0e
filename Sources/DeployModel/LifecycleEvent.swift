/// A point in one host's part of a deployment at which hooks run: CodeDeploy's names, in CodeDeploy's order.
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

  /// Whether the event concerns the outgoing release: its hooks see that release, and are skipped without one.
  package var concernsPrevious: Bool {
    switch self {
    case .beforeBlockTraffic, .blockTraffic, .afterBlockTraffic, .applicationStop: true
    default: false
    }
  }

  /// Whether the event gives the host its traffic back.
  package var givesTraffic: Bool {
    switch self {
    case .beforeAllowTraffic, .allowTraffic, .afterAllowTraffic: true
    default: false
    }
  }
}
