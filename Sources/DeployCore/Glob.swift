/// Matches host names, file names and paths with patterns that contain `*`. After a mismatch, the search returns only to the last star, so
/// the number of steps is at most the product of the two lengths.
package enum Glob {
  /// Whether the name matches the pattern.
  /// - Parameters:
  ///   - pattern: the number of parts of the pattern.
  ///   - name: the number of elements of the name.
  ///   - isStar: whether this part of the pattern matches any number of elements.
  ///   - step: returns the index of the part that follows this part in the pattern if this part matches this element, or nil if it does not
  ///     match.
  package static func matches(
    pattern: Int, name: Int, isStar: (Int) -> Bool, step: (_ part: Int, _ element: Int) -> Int?
  ) -> Bool {
    var (part, element) = (0, 0)
    var last: (part: Int, element: Int)?
    while element < name {
      if part < pattern, isStar(part) {
        last = (part, element)
        part += 1
      } else if part < pattern, let next = step(part, element) {
        part = next
        element += 1
      } else if let star = last {
        last = (star.part, star.element + 1)
        (part, element) = (star.part + 1, star.element + 1)
      } else {
        return false
      }
    }
    while part < pattern, isStar(part) { part += 1 }
    return part >= pattern
  }
}
