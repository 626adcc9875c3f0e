import DeployModel

/// Whether what goes to a host is worth compressing, judged by how long its line took for the first of it.
///
/// To compress at zlib's fastest level takes a core about 15 ms a megabyte and a host 4 ms to undo, and leaves some three fifths of a text:
/// on a line of 16 MB/s both ways take as long, and a faster one is held up by it.
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
  /// Bytes up to which nothing is tried: compressing costs less than an answer.
  static let small = 512 << 10

  /// - Parameter enough: bytes a second.
  init(bytes: Int, in time: Interval, enough: Int = LinePace.enough) {
    if bytes.times(1000) >= enough.times(max(1, time.milliseconds)) {
      self = .fast
    } else {
      self = time > LinePace.longest ? .slow : .unclear
    }
  }
}
