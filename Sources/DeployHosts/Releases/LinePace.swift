import DeployModel

/// Whether a connection is fast or slow, judged by how long the first pieces took. Compression saves time only on a slow connection.
///
/// On a fast connection, this machine would need more time for the compression than it saves, and nothing could be sent meanwhile. At 16
/// MB/s (a little more than 100 Mbit/s), text takes about the same time with and without compression.
enum LinePace: Sendable, Equatable {
  case fast
  case slow
  case unclear

  /// The number of bytes per second from which data is sent uncompressed.
  static let enough = 16 << 20
  /// The sizes, in bytes, of the pieces that are tried one after the other. The time for a piece includes the wait for the host's answer,
  /// so a small piece says little about a host that is far away.
  static let pieces = [256 << 10, 1 << 20]
  /// If one piece takes longer than this, the connection counts as slow, and the next piece is not tried.
  static let longest = Interval(milliseconds: 250)
  /// Content of at most this number of bytes is not compressed, so that the host does not have to run a program.
  static let few = 24 << 10
  /// Content of at most this number of bytes is compressed, because that takes no more time than the trial of a piece.
  static let small = 1 << 20
  /// For content of at most this number of bytes, only one piece is tried, and only if the host is near. The trial would be a large part of
  /// the transfer over a slow connection, and hosts behind such a connection are rarely near.
  static let short = 4 << 20

  /// - Parameter enough: the number of bytes per second that counts as fast.
  init(bytes: Int, in time: Interval, enough: Int = LinePace.enough) {
    if bytes.times(1000) >= enough.times(max(1, time.milliseconds)) {
      self = .fast
    } else {
      self = time > LinePace.longest ? .slow : .unclear
    }
  }
}
