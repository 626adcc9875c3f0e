import DeployModel
import Synchronization

/// The messages about locks with dead holders, until a deployment begins that takes the locks over. A plan that is only shown, or is
/// refused, takes nothing over.
final class LeftOver: Sendable {
  private let sentences = Mutex<[(token: String, sentence: String)]>([])

  /// Remembers the sentence to print when this lock is taken over.
  func remember(_ token: String, _ sentence: String) {
    sentences.withLock { known in
      if !known.contains(where: { $0.token == token }) { known.append((token, sentence)) }
    }
  }

  /// The sentences about the locks that a plan takes over, each once.
  func taken(by plan: Plan) -> [String] {
    let tokens = plan.hosts.compactMap(\.inherits) + plan.partners.compactMap(\.inherits)
    return sentences.withLock { known in
      let taken = known.filter { one in tokens.contains { $0.isExactly(one.token) } }
      known.removeAll { one in tokens.contains { $0.isExactly(one.token) } }
      return taken.map(\.sentence)
    }
  }
}
