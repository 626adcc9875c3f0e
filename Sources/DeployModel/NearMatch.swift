/// Finds the name that a person probably meant by a misspelt name.
package enum NearMatch {
  /// Returns the most similar candidate, or nil if all differ too much. One letter is always allowed to differ, and in longer names up to a
  /// third of the letters.
  package static func of(_ name: String, among candidates: some Sequence<String>) -> String? {
    var best: (name: String, distance: Int)?
    for candidate in candidates {
      let distance = distance(name.lowercased(), candidate.lowercased())
      if distance < best?.distance ?? max(1, name.count / 3) + 1 { best = (candidate, distance) }
    }
    return best?.name
  }

  /// Returns `did you mean "production"?`, or a list of the names that exist, or nil if there are none. An empty name resembles nothing.
  package static func hint(_ name: String, among candidates: [String]) -> String? {
    if !name.isEmpty, let near = of(name, among: candidates) { return "did you mean \"\(near)\"?" }
    if candidates.isEmpty { return nil }
    let shown = candidates.prefix(8).map { "\"\($0)\"" }.joined(separator: ", ")
    return "there \(candidates.count == 1 ? "is" : "are") \(shown)\(candidates.count > 8 ? ", …" : "")"
  }

  /// The number of letters of a name that are compared. The running time grows with the square of this number.
  private static let most = 100

  /// Returns the number of letters to insert, remove, replace or swap with their neighbour (Damerau's distance with adjacent swaps only).
  package static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.prefix(most)), Array(b.prefix(most)))
    if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
    var rows = [Array(0...b.count)]
    for i in 1...a.count {
      var row = [i]
      for j in 1...b.count {
        var cost = min(rows[i - 1][j] + 1, row[j - 1] + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
        if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, rows[i - 2][j - 2] + 1) }
        row.append(cost)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
