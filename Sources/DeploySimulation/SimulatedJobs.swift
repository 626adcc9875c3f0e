import DeployModel

/// Every job that a simulated host ever claimed, in the order in which it claimed them. Running jobs, and the job of a given intent, are
/// found without a search through all jobs, because a rehearsed hook can make thousands of requests.
package struct SimulatedJobs: Sendable, RandomAccessCollection, MutableCollection {
  /// The last job of each intent of one deployment. Intents mostly come in order, so a new one is added at the end.
  private struct Claims: Sendable {
    var deployment: Deployment.ID
    var sorted: [(intent: Int, index: Int)] = []

    /// Returns the place of an intent, or the place where it belongs if it is not there.
    func place(of intent: Int) -> Int {
      if let last = sorted.last, last.intent < intent { return sorted.count }
      var (low, high) = (0, sorted.count)
      while low < high {
        let middle = (low + high) / 2
        if sorted[middle].intent < intent { low = middle + 1 } else { high = middle }
      }
      return low
    }
  }
  private var list: [SimulatedJob] = []
  private var claims: [Claims] = []
  /// The indices of the running jobs, in order.
  package private(set) var running: [Int] = []

  package init() {}

  package var startIndex: Int { 0 }
  package var endIndex: Int { list.count }

  package subscript(index: Int) -> SimulatedJob {
    get { list[index] }
    _modify {
      yield &list[index]
      let place = running.firstIndex(of: index)
      if list[index].isRunning {
        if place == nil { running.append(index) }
      } else if let place {
        running.remove(at: place)
      }
    }
  }

  mutating func append(_ job: SimulatedJob) {
    claim(job.intent.id, of: job.deployment)
    if job.isRunning { running.append(list.count) }
    list.growSlowly(by: 1)
    list.append(job)
  }

  /// Returns the index of the last job of an intent, or nil if there was none.
  func index(of intent: Int, in deployment: Deployment.ID) -> Int? {
    guard let one = claims.firstIndex(where: { $0.deployment == deployment }) else { return nil }
    let place = claims[one].place(of: intent)
    return place < claims[one].sorted.count && claims[one].sorted[place].intent == intent ? claims[one].sorted[place].index : nil
  }

  /// Notes that the next job is the last one of its intent.
  private mutating func claim(_ intent: Int, of deployment: Deployment.ID) {
    let one = claims.firstIndex { $0.deployment == deployment } ?? claims.count
    if one == claims.count { claims.append(Claims(deployment: deployment)) }
    let place = claims[one].place(of: intent)
    if place < claims[one].sorted.count, claims[one].sorted[place].intent == intent {
      claims[one].sorted[place].index = list.count
    } else {
      claims[one].sorted.insert((intent, list.count), at: place)
    }
  }
}

extension SimulatedJob {
  var isRunning: Bool { if case .running = state { true } else { false } }
}
