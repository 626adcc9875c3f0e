import DeployModel

/// How many bytes of a pack a host has acknowledged.
package struct Transfer: Sendable, Hashable {
  /// The host's name.
  package var host: String
  package var sent: Int
  package var total: Int
  package init(host: String, sent: Int, total: Int) {
    self.host = host
    self.sent = sent
    self.total = total
  }
}

/// The packs that are being sent to hosts, for people who wait.
struct Transfers: Sendable {
  private struct Pack {
    var host: String
    var sent: Int
    var total: Int
    /// The number of bytes in the first report, and the time of that report. The rate is computed from this point on.
    var first: (sent: Int, at: Timestamp)
    var last: Timestamp
  }
  private var packs: [Pack] = []

  /// - Parameter moment: the time at which the bytes were acknowledged.
  mutating func take(_ transfer: Transfer, at moment: Timestamp) {
    let (sent, total) = (transfer.sent, max(1, transfer.total))
    guard let index = packs.firstIndex(where: { $0.host == transfer.host }) else {
      packs.append(Pack(host: transfer.host, sent: sent, total: total, first: (sent, moment), last: moment))
      return
    }
    // This is a different pack, or the transfer has started again from the beginning. The total alone says nothing, because the size of a
    // pack that is still being compressed is an estimate.
    if packs[index].sent >= packs[index].total || sent < packs[index].sent { packs[index].first = (sent, moment) }
    (packs[index].sent, packs[index].total, packs[index].last) = (sent, total, moment)
  }

  /// Returns the progress, rate and time left, such as `120 of 300 MB, 8.1 MB/s, 22 s left`, or nil if nothing is being sent to the host.
  func text(of host: String) -> String? {
    packs.first { $0.host == host && $0.sent < $0.total }.map { pack in
      let share = "\(pack.sent.inBytes) of \(pack.total.inBytes)"
      let time = (pack.last - pack.first.at).milliseconds
      guard time >= 1000, pack.sent > pack.first.sent else { return share }
      let rate = Double(pack.sent - pack.first.sent) * 1000 / Double(time)
      let left = Int((Double(pack.total - pack.sent) / rate).rounded(.up))
      return "\(share), \(Int(rate).inBytes)/s, \(Interval.seconds(left)) left"
    }
  }

  /// Returns the progress as a bar, such as `████░░░░░`. It consists of blanks if nothing is being sent to the host.
  func bar(of host: String, width: Int) -> String {
    guard let pack = packs.first(where: { $0.host == host && $0.sent < $0.total }) else { return String(repeating: " ", count: width) }
    let full = min(width, Int(Double(width) * Double(pack.sent) / Double(pack.total)))
    return String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
  }

  /// The total progress for all hosts to which something is being sent, such as `120 MB of 900 MB sent`, or nil if there are no such hosts.
  var text: String? {
    let open = packs.filter { $0.sent < $0.total }
    guard !open.isEmpty else { return nil }
    let (sent, total) = open.reduce((0, 0)) { ($0.0 + $1.sent, $0.1 + $1.total) }
    return "\(sent.inBytes) of \(total.inBytes) sent"
  }
}
