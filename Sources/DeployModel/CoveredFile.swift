/// How many times tests ran each executable line of a source file.
package struct CoveredFile: Sendable, Hashable {
  package struct Line: Sendable, Hashable {
    /// The line's number, counted from 1.
    package var number: Int
    /// How many times tests ran the line.
    package var hits: Int
    package init(number: Int, hits: Int) {
      self.number = number
      self.hits = hits
    }
  }

  /// The path from the project's folder.
  package var path: String
  /// The executable lines, in ascending order.
  package var lines: [Line]

  package init(path: String, lines: [Line]) {
    self.path = path
    self.lines = lines
  }

  /// The number of lines that ran.
  package var covered: Int { lines.count { $0.hits > 0 } }

  /// The ranges of lines that never ran: `3`, `7-9`. Lines without code do not interrupt a range.
  package var missed: [ClosedRange<Int>] {
    var ranges: [ClosedRange<Int>] = []
    var open = false
    for line in lines {
      if line.hits > 0 {
        open = false
      } else if open, let last = ranges.last {
        ranges[ranges.count - 1] = last.lowerBound...line.number
      } else {
        ranges.append(line.number...line.number)
        open = true
      }
    }
    return ranges
  }
}
