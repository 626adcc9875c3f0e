/// Finds what somebody probably meant.
package enum NearMatch {
  /// Edits (insert, delete, replace, swap of neighbours) between two words; upper and lower case count as the same letter.
  package static func distance(_ a: String, _ b: String) -> Int {
    let a = Array(a.lowercased().utf8), b = Array(b.lowercased().utf8)
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var older = [Int](repeating: 0, count: b.count + 1)
    var row = Array(0...b.count)
    for i in 1...a.count {
      var next = [i] + [Int](repeating: 0, count: b.count)
      for j in 1...b.count {
        next[j] = min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { next[j] = min(next[j], older[j - 2] + 1) }
      }
      (older, row) = (row, next)
    }
    return row[b.count]
  }

  /// The nearest of the known words, if it is near enough to be meant: at most a third of its letters differ, or one continues the other.
  package static func of(_ word: String, among known: [String]) -> String? {
    let word = String(word.prefix(100))
    let ranked = known.map { (name: $0, distance: distance(word, String($0.prefix(100)))) }
    if let best = ranked.min(by: { $0.distance < $1.distance }), best.distance <= max(1, max(word.count, best.name.count) / 3) {
      return best.name
    }
    let continued = known.filter { word.count >= 3 && ($0.hasPrefix(word) || word.hasPrefix($0) && $0.count >= 3) }
    return continued.count == 1 ? continued[0] : nil
  }

  /// `did you mean "production"?`, or what there is, or that there is nothing.
  package static func fix(for word: String, among known: [String], what: String) -> String {
    if let near = of(word, among: known) { return "did you mean \"\(near)\"?" }
    if known.isEmpty { return "there are no \(what)" }
    let shown = known.prefix(12).joined(separator: ", ")
    return "there are these \(what): \(shown)\(known.count > 12 ? ", … (\(known.count) in all)" : "")"
  }
}
