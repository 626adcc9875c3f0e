import DeployModel

/// Says whether compression saves time on a connection, judged by how long the first pieces took.
///
/// On a fast connection, compression takes this machine more time than it saves, and nothing is sent meanwhile. At 16 MB/s (a little more
/// than 100 Mbit/s), text takes about the same time with and without compression.
enum LinePace: Sendable, Equatable {
  case fast
  case slow
  case unclear

  /// The number of bytes per second from which data is sent uncompressed.
  static let enough = 16 << 20
  /// The sizes of the pieces that are tried, one after the other, in bytes. The time for a piece includes the wait for the host's answer,
  /// so a small piece says little about a host that is far away.
  static let pieces = [256 << 10, 1 << 20]
  /// If one piece takes longer than this, the connection counts as slow, and the next piece is not tried.
  static let longest = Interval(milliseconds: 250)
  /// Up to this number of bytes, nothing is compressed, which saves the host a program.
  static let few = 24 << 10
  /// Up to this number of bytes, no piece is tried, because the trial would be a large part of the transfer.
  static let small = 4 << 20

  /// - Parameter enough: the number of bytes per second that counts as fast.
  init(bytes: Int, in time: Interval, enough: Int = LinePace.enough) {
    if bytes.times(1000) >= enough.times(max(1, time.milliseconds)) {
      self = .fast
    } else {
      self = time > LinePace.longest ? .slow : .unclear
    }
  }
}
