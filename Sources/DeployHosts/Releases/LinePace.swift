import DeployModel

/// Whether what goes to a host is worth compressing, judged by how long its line took for the first of it.
///
/// To compress takes the client longer than a fast line takes for the bytes that it saves, and nothing goes meanwhile. At 16 MB/s, a little
/// more than a line of 100 Mbit/s has, the two are about equal for text.
enum LinePace: Sendable, Equatable {
  case fast
  case slow
  case unclear

  /// Bytes a second from which on what is sent goes as it is.
  static let enough = 16 << 20
  /// The pieces that are tried, one after the other. What they take includes one answer, which tells little of a line with a long way.
  static let pieces = [256 << 10, 1 << 20]
  /// What takes longer for one piece is slow, whatever the next would say.
  static let longest = Interval(milliseconds: 250)
  /// Bytes up to which nothing is compressed: a host unpacks with one program less.
  static let few = 24 << 10
  /// Bytes up to which nothing is tried: what is sent to find out would be a large part of it.
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
