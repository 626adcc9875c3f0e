/// Finds what somebody may have meant.
enum NearMatch {
  /// The candidate that needs the fewest changes of one character: at most a third of the word, or two in a short one; nil: none is near.
  static func find(_ word: String, in candidates: [String]) -> String? {
    let limit = max(word.count > 3 ? 2 : 1, word.count / 3)
    return candidates.map { ($0, distance(word, $0)) }.filter { $0.1 <= limit }.min { ($0.1, $0.0) < ($1.1, $1.0) }?.0
  }

  /// Insertions, removals and replacements between two words.
  private static func distance(_ a: String, _ b: String) -> Int {
    let b = Array(b.lowercased())
    var row = Array(0...b.count)
    for (i, x) in a.lowercased().enumerated() {
      var corner = i
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, corner + (x == y ? 0 : 1))
        corner = above
      }
    }
    return row[b.count]
  }
}
