/// Copies that one command can make. They go from one folder to another, and each file has the same relative path in both folders.
struct CopyRun {
  let from: HostPath
  let to: HostPath
  let isLink: Bool
  /// The mode and owner that a whole tree of copies gets, or nil if the copies get none.
  let stamp: Stamp?
  private(set) var paths: [HostPath] = []

  /// Whether there are only a few copies, and all of them are directly in the folder.
  var isFlat: Bool { paths.count < 20 && paths.allSatisfy { $0.parent == to } }

  private struct Route: Hashable {
    var from: HostPath
    var to: HostPath
    var isLink: Bool
    var stamp: Stamp?
  }

  /// Groups copies into runs. If a landing is given, only copies with this landing are included. The source and the destination of a copy
  /// are each split into a folder and the relative path that both have in common.
  static func runs(
    of copies: [InstallPlan.Copy], landing: InstallPlan.Copy.Landing? = nil, stamps: [HostPath: Stamp] = [:]
  ) -> [CopyRun] {
    var runs: [CopyRun] = []
    var numbers: [Route: Int] = [:]
    // The run of the previous copy. It is tried first, because neighbouring files often belong to the same run.
    var last: (near: Route, number: Int)?
    for copy in copies where landing == nil || copy.landing == landing {
      var near = Route(from: copy.source.parent, to: copy.destination.parent, isLink: landing != .inPlace && copy.isLink)
      if copy.landing == .fresh, !copy.isLink { near.stamp = stamps[copy.destination] }
      let hasOneName = copy.source.name.utf8.elementsEqual(copy.destination.name.utf8)
      var number = hasOneName && near == last?.near ? last?.number : nil
      if number == nil {
        let route = landing == .inPlace ? near : longest(copy, near.stamp)
        number = numbers[route]
        if number == nil {
          runs.append(CopyRun(from: route.from, to: route.to, isLink: route.isLink, stamp: route.stamp))
          numbers[route] = runs.count - 1
        }
      }
      runs[number ?? runs.count - 1].paths.append(copy.destination)
      if hasOneName { last = (near, number ?? runs.count - 1) }
    }
    return runs
  }

  private static func longest(_ copy: InstallPlan.Copy, _ stamp: Stamp?) -> Route {
    var from = copy.source
    var to = copy.destination
    while from.name == to.name, from != .top, to != .top, from.name.utf8.elementsEqual(to.name.utf8) {
      from = from.parent
      to = to.parent
    }
    return Route(from: from, to: to, isLink: copy.isLink, stamp: stamp)
  }
}
