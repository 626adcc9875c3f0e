import DeployModel
import Synchronization

/// Keeps the messages about locks with dead holders until a deployment takes the locks over. If a plan is only shown, or is refused, it
/// takes no lock over.
final class LeftOver: Sendable {
  private let sentences = Mutex<[(token: String, sentence: String)]>([])

  /// Keeps the sentence to print when the lock with this token is taken over.
  func remember(_ token: String, _ sentence: String) {
    sentences.withLock { known in
      if !known.contains(where: { $0.token == token }) { known.append((token, sentence)) }
    }
  }

  /// Returns the sentences about the locks that a plan takes over, each once, and removes them.
  func taken(by plan: Plan) -> [String] {
    let tokens = plan.hosts.compactMap(\.inherits) + plan.partners.compactMap(\.inherits)
    return sentences.withLock { known in
      let taken = known.filter { one in tokens.contains { $0.isExactly(one.token) } }
      known.removeAll { one in tokens.contains { $0.isExactly(one.token) } }
      return taken.map(\.sentence)
    }
  }
}
