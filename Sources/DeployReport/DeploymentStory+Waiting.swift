import DeployModel

extension DeploymentStory {
  /// Returns one line that says what is running and what the deployment is waiting for, such as `1 of 2 hosts done; web2 Install; waits:
  /// approval "go", until 11:30:45`.
  func underWay(_ now: Timestamp, zone: Int, _ transfers: Transfers = Transfers()) -> String {
    let active = hosts.filter { $0.event != nil || $0.operation != nil }
    let doing = active.prefix(3).map { host in
      "\(host.name) \(host.event?.rawValue ?? host.doing ?? "")" + (transfers.text(of: host.name).map { " (\($0))" } ?? "")
    }.joined(separator: ", ")
    let here = self.here.prefix(2).map { "; here: \($0.words(now))" }.joined() + (self.here.count > 2 ? ", …" : "")
    let done = hosts.count { $0.status.isFinal }
    return "\(done) of \(hosts.count.of("host")) done" + (doing.isEmpty ? "" : "; \(doing)") + here
      + (openGate.map { "; waits: \($0.sentence), \($0.deadline(zone: zone))" } ?? "") + (active.count > 3 ? ", …" : "")
  }

  /// Identifies the pause or the gate that a person has to answer before the deployment continues, or nil if nobody is asked.
  var question: String? {
    if let pause { return "pause \(pause.message.id)" }
    return openGate.map { "gate \($0.number)" }
  }
}
