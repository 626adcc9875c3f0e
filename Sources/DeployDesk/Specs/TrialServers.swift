import DeployCore
import DeployModel
import DeploySimulation
import Synchronization

/// The simulated answers to http requests in a trial, and how often each was given.
final class TrialServers: Sendable {
  private let replies: [Trial.Reply]
  private let given: Mutex<[Int]>

  init(_ replies: [Trial.Reply]) {
    self.replies = replies
    given = Mutex(replies.map { _ in 0 })
  }

  /// The numbers of the answers that were never given and are not optional, in order. The first answer has the number 1.
  var unused: [Int] {
    given.withLock { given in given.indices.filter { given[$0] == 0 && !replies[$0].isOptional }.map { $0 + 1 } }
  }

  /// Returns the answer to a request, or nil if no answer matches.
  func answer(_ request: HTTPRequest) -> SimulatedAnswer? {
    let url = "\(request.url)"
    return given.withLock { given in
      for (number, reply) in replies.enumerated() where Self.fits(reply, request.method, url) {
        if let times = reply.times, given[number] >= times { continue }
        given[number] += 1
        var answer = SimulatedAnswer()
        (answer.response, answer.failure, answer.duration) = (reply.response, reply.failure, reply.duration)
        return answer
      }
      return nil
    }
  }

  private static func fits(_ reply: Trial.Reply, _ method: HTTPRequest.Method, _ url: String) -> Bool {
    guard reply.method == nil || reply.method == method else { return false }
    let (pattern, name) = (Array(reply.url.utf8), Array(url.utf8))
    let star = UInt8(ascii: "*")
    return Glob.matches(
      pattern: pattern.count, name: name.count, isStar: { pattern[$0] == star },
      step: { part, element in pattern[part] == name[element] ? part + 1 : nil })
  }
}
