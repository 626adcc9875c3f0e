import DeployModel

/// Whether it is worth compressing what goes to a host, judged by how long the first of it took.
///
/// On a fast connection, compression takes the client longer than it saves, and nothing is sent meanwhile. At 16 MB/s, a little more than
/// 100 Mbit/s, the two are about equal for text.
enum LinePace: Sendable, Equatable {
  case fast
  case slow
  case unclear

  /// From this number of bytes a second, data is sent uncompressed.
  static let enough = 16 << 20
  /// The pieces that are tried, one after the other. Their time includes one answer, which tells little if the host is far away.
  static let pieces = [256 << 10, 1 << 20]
  /// If one piece takes longer than this, the connection is slow, whatever the next piece would show.
  static let longest = Interval(milliseconds: 250)
  /// Up to this number of bytes nothing is compressed, which saves the host a program.
  static let few = 24 << 10
  /// Up to this number of bytes nothing is tried: the trial would be a large part of it.
  static let small = 4 << 20

  /// - Parameter enough: bytes a second.
  init(bytes: Int, in time: Interval, enough: Int = LinePace.enough) {
    if bytes.times(1000) >= enough.times(max(1, time.milliseconds)) {
      self = .fast
    } else {
      self = time > LinePace.longest ? .slow : .unclear
    }
  }
}
