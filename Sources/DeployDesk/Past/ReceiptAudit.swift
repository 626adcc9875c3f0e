import DeployCore
package import DeployModel

/// The comparison of one host's receipt with this journal.
package struct ReceiptAudit: Sendable, Hashable {
  package var host: String
  package var recipe: String
  /// The result, as a clause about the host.
  package var words: String
  /// True if nothing contradicts the journal, or if there is nothing to compare.
  package var isFine: Bool
}

extension PastDeployments {
  /// Returns the verdicts on the journals of one deployment, or of all deployments if the word is nil.
  /// - Parameter word: an id, the beginning of an id, or `last`.
  package func chains(of word: String?) async throws -> [ChainVerdict] {
    guard let word else { return try await journal.verify(nil) }
    return try await journal.verify(try await find(word).id)
  }

  /// Compares the receipts of surveyed hosts with the journal. The results are in the order of the hosts.
  package func audit(_ found: Surveyed) async throws -> [ReceiptAudit] {
    var audits: [ReceiptAudit] = []
    for (host, survey) in found.named {
      let (words, isFine) = try await verdict(survey)
      audits.append(ReceiptAudit(host: host.name, recipe: found.selection.recipe.name, words: words, isFine: isFine))
    }
    return audits
  }

  private func verdict(_ survey: Survey) async throws -> (words: String, isFine: Bool) {
    if case .unreachable(let failure) = survey {
      // If a host's answer is unreadable or implausible, the host counts as contradicting the journal.
      return failure.isAway ? ("not seen: \(failure.message)", true) : (failure.message, false)
    }
    guard case .reached(let state) = survey else { return ("not seen", true) }
    let drift = state.drift.map(\.message)
    if !drift.isEmpty { return (drift.joined(separator: "; "), false) }
    guard let receipt = state.receipt else { return ("has no receipt", true) }
    guard let chain = receipt.chain else { return ("\(receipt.deployment), without a chain to compare", true) }
    if let sequence = try await journal.sequence(of: chain, in: receipt.deployment) {
      return ("\(receipt.deployment), agrees with entry \(sequence)", true)
    }
    if try await !journal.verify(receipt.deployment).isEmpty {
      return ("\(receipt.deployment): the journal here never had the chain that the host remembers", false)
    }
    return ("\(receipt.deployment), deployed by \(receipt.actor) from another journal", true)
  }
}

extension Failure {
  /// Whether the host did not answer because it is unreachable, or because it lacks the tools to answer.
  fileprivate var isAway: Bool {
    switch kind {
    case .unreachable, .transport, .timeout, .cancelled, .missing: true
    default: false
    }
  }
}
