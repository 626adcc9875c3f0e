/// Matching with stars, for host names, file names and paths. One walk goes back to the last star only, so no pattern takes more steps
/// than the product of both lengths.
package enum Glob {
  /// - Parameters:
  ///   - pattern: how many parts the pattern has.
  ///   - name: how many elements the name has.
  ///   - isStar: whether that part of the pattern matches any elements, or none.
  ///   - step: where in the pattern the walk continues after that part took that element; nil if the part does not take it.
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
