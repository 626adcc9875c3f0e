/// Copies that one command carries: from one folder to another, under the same names below both.
struct CopyRun {
  let from: HostPath
  let to: HostPath
  let isLink: Bool
  private(set) var paths: [HostPath] = []

  /// Whether all of them lie in the folder itself.
  var isFlat: Bool { paths.allSatisfy { $0.parent == to } }

  private struct Route: Hashable {
    var from: HostPath
    var to: HostPath
    var isLink: Bool
  }

  /// The copies of one kind, or all where it is nil, split at the longest end that source and destination have in common.
  static func runs(of copies: [InstallPlan.Copy], landing: InstallPlan.Copy.Landing? = nil) -> [CopyRun] {
    var runs: [CopyRun] = []
    var numbers: [Route: Int] = [:]
    // Of files that lie together: they are many.
    var known: [Route: Route] = [:]
    for copy in copies where landing == nil || copy.landing == landing {
      let near = Route(from: copy.source.parent, to: copy.destination.parent, isLink: landing != .inPlace && copy.isLink)
      let hasOneName = copy.source.name.utf8.elementsEqual(copy.destination.name.utf8)
      let route = landing == .inPlace ? near : hasOneName ? known[near] ?? longest(copy) : longest(copy)
      if hasOneName { known[near] = route }
      if numbers[route] == nil {
        numbers[route] = runs.count
        runs.append(CopyRun(from: route.from, to: route.to, isLink: route.isLink))
      }
      runs[numbers[route] ?? 0].paths.append(copy.destination)
    }
    return runs
  }

  private static func longest(_ copy: InstallPlan.Copy) -> Route {
    var from = copy.source
    var to = copy.destination
    while from.name == to.name, from != .top, to != .top, from.name.utf8.elementsEqual(to.name.utf8) {
      from = from.parent
      to = to.parent
    }
    return Route(from: from, to: to, isLink: copy.isLink)
  }
}
