/// What a person or a program says to a running deployment. The journal keeps it as it came.
package struct Message: Sendable, Hashable, Codable, Identifiable {
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Ends the deployment in good order: nothing new starts, and hosts are restored.
    case cancel
    /// Pauses the deployment: nothing new begins, and running work comes to its end.
    case pause
    /// Ends a pause.
    case resume
    /// Passes an open approval gate.
    case approve
    /// Fails an open gate.
    case reject
    /// Passes an open time, check or analysis gate early; never an approval.
    case promote

    /// Whether the message lets the deployment reach further hosts.
    package var leadsFurther: Bool {
      switch self {
      case .resume, .approve, .promote: true
      case .cancel, .pause, .reject: false
      }
    }
  }
  /// Made by its sender and used once, so that a repeated delivery is recognised.
  package var id: String
  package var kind: Kind
  /// The gate that the sender named; nil: the gate that was open when the message was sent.
  package var gate: String?
  /// The number of the gate that was open when the message was sent; 0: none was. Nil: the sender could not know it, or has an older
  /// version.
  package var number: Int?
  /// For a resume: the message of the pause that it ends; nil: there was no pause when it was sent, or the sender could not know it.
  package var pause: Message.ID?
  /// `user@machine`: a label, not an identity.
  package var by: String
  /// Why; empty: no reason was given.
  package var comment: String
  /// When it was sent, by the sender's clock.
  package var at: Timestamp
  /// The signature of an approval, an ssh signature; nil: it is not signed.
  package var signature: String?
  /// The signer, as verified by the engine that took the message; nil: no signer whom the deployment knows. A sender's value is ignored.
  package var signer: String?
  package init(id: String, _ kind: Kind, gate: String? = nil, by: String, comment: String = "", at: Timestamp) {
    self.id = id
    self.kind = kind
    self.gate = gate
    self.by = by
    self.comment = comment
    self.at = at
  }

  /// `kim@laptop: looks slow`
  package var words: String { comment.isEmpty ? by : "\(by): \(comment)" }

  /// The limit of each part, in bytes of UTF-8.
  package static let (idLimit, byLimit, gateLimit, commentLimit, signatureLimit) = (64, 256, 256, 2000, 8192)

  /// Why no engine accepts the message, as the end of "the message …"; nil: engines accept it. Each part is one line of text without
  /// control characters.
  package var fault: String? {
    guard Self.isPlain(id) else { return "has an id that is not 1 to \(Self.idLimit) of a-z, 0-9 and -" }
    let gate = (name: "gate", text: gate ?? "-", limit: Self.gateLimit)
    for (name, text, limit) in [("sender", by, Self.byLimit), gate, ("comment", comment, Self.commentLimit)] {
      if text.utf8.count > limit { return "has a \(name) of \(text.utf8.count) bytes, and \(limit) are allowed" }
      if text.unicodeScalars.contains(where: \.isControl) { return "has a control character or a line end in its \(name)" }
    }
    if let signature, signature.utf8.count > Self.signatureLimit {
      return "has a signature of \(signature.utf8.count) bytes, and \(Self.signatureLimit) are allowed"
    }
    if let number, number < 0 { return "has \(number) as the number of its gate" }
    if let pause, !Self.isPlain(pause) { return "has an id of a pause that is not 1 to \(Self.idLimit) of a-z, 0-9 and -" }
    guard !by.isEmpty, !gate.text.isEmpty else { return "has an empty \(by.isEmpty ? "sender" : "gate")" }
    return nil
  }

  /// 1 to 64 of a-z, 0-9 and `-`.
  package static func isPlain(_ id: Message.ID) -> Bool {
    let isPlain = !id.isEmpty && id.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D }
    return isPlain && id.utf8.count <= idLimit
  }
}

extension Unicode.Scalar {
  /// C0 and C1 controls, and the two separators that end a line.
  fileprivate var isControl: Bool { value < 0x20 || (0x7F..<0xA0).contains(value) || value == 0x2028 || value == 0x2029 }
}
