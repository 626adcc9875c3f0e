import DeployModel

/// Every job that a simulated host ever claimed, in the order in which it claimed them. Running jobs, and the job of a given intent, are
/// found without a search through all jobs, because a rehearsed hook can make thousands of requests.
package struct SimulatedJobs: Sendable, RandomAccessCollection, MutableCollection {
  private struct Key: Hashable {
    var deployment: Deployment.ID
    var intent: Int
  }
  private var list: [SimulatedJob] = []
  private var last: [Key: Int] = [:]
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
    last[Key(deployment: job.deployment, intent: job.intent.id)] = list.count
    if job.isRunning { running.append(list.count) }
    list.append(job)
  }

  /// Returns the index of the last job of an intent, or nil if there was none.
  func index(of intent: Int, in deployment: Deployment.ID) -> Int? { last[Key(deployment: deployment, intent: intent)] }
}

extension SimulatedJob {
  var isRunning: Bool { if case .running = state { true } else { false } }
}
