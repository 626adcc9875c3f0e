import DeployDesk
import DeployModel
import DeployReport

/// The result of an audit, as data for programs.
struct AuditResult {
  var chains: [ChainVerdict]
  /// The results of comparing receipts, or nil if no receipt was compared.
  var receipts: [ReceiptAudit]?
  /// Why no receipt was compared.
  var whyNot: String?

  /// Whether no chain is damaged and no receipt contradicts the journal.
  var agrees: Bool { chains.allSatisfy { $0.damage == nil } && (receipts ?? []).allSatisfy(\.isFine) }

  var value: Value {
    JSON.record([
      ("chains", .list(chains.map(\.value))), ("receipts", .list((receipts ?? []).map(\.value))), ("compared", .bool(receipts != nil)),
      ("why_not", whyNot.map { .text($0) }), ("agrees", .bool(agrees)),
    ])
  }
}

extension ChainVerdict {
  fileprivate var value: Value {
    JSON.record([
      ("deployment", .text(deployment.rawValue)), ("entries", .int(entries)), ("head", .text(head.hex)), ("whole", .bool(damage == nil)),
      ("damaged_entry", damage.map { .int($0.sequence) }), ("damage", damage.map { .text($0.what) }),
    ])
  }
}

extension ReceiptAudit {
  fileprivate var value: Value {
    JSON.record([("host", .text(host)), ("recipe", .text(recipe)), ("agrees", .bool(isFine)), ("text", .text(words))])
  }
}
