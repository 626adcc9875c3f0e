import DeployDesk
import DeployModel
import DeployReport

/// The output of the commands of a lab, as lines for people.
struct LabLines {
  /// The last lines, each with its host in front.
  let all: [String]
  private static let most = 60

  init(_ output: [LabOutput]) {
    var partial = PartialLines()
    var lines: [String] = []
    var last: [LabOutput] = []
    for piece in output {
      lines += partial.take(piece.chunk).map { "\(piece.host)  \($0)" }
      last.removeAll {
        $0.chunk.intent == piece.chunk.intent && $0.chunk.place == piece.chunk.place && $0.chunk.stream == piece.chunk.stream
      }
      if piece.chunk.bytes.last != 0x0A { last.append(piece) }
    }
    // A last line without a line end.
    for var piece in last {
      piece.chunk.bytes = [0x0A]
      lines += partial.take(piece.chunk).map { "\(piece.host)  \($0)" }
    }
    let left = lines.count - Self.most
    all = left > 0 ? ["(\(left.of("line")) before these)"] + lines.suffix(Self.most) : lines
  }
}
