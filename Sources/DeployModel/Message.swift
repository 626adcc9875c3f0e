/// What a person or a program sends to a running deployment. The journal records it unchanged.
package struct Message: Sendable, Hashable, Codable, Identifiable {
  package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Cancels the deployment: nothing new starts, and hosts are restored.
    case cancel
    /// Pauses the deployment: nothing new begins, and running operations finish.
    case pause
    /// Ends a pause.
    case resume
    /// Passes an open approval gate.
    case approve
    /// Fails an open gate.
    case reject
    /// Passes an open time, check or analysis gate before its end. It does not pass an approval gate.
    case promote

    /// Whether the message allows the deployment to continue to further hosts.
    package var leadsFurther: Bool {
      switch self {
      case .resume, .approve, .promote: true
      case .cancel, .pause, .reject: false
      }
    }
  }
  /// An id that the sender creates for this message alone, so that the deployment recognises a repeated delivery.
  package var id: String
  package var kind: Kind
  /// The gate that the sender named. If the sender named none, this is nil, and the sender means the gate that was open.
  package var gate: String?
  /// The number of the gate that was open when the message was sent, or 0 if none was open. Nil means that the sender did not know the
  /// number or has an older version.
  package var number: Int?
  /// For a resume, the message that began the pause to be ended. Nil if there was no pause when the resume was sent, or if the sender did
  /// not know about the pause.
  package var pause: Message.ID?
  /// The sender, as `user@machine`. Nobody verifies this label.
  package var by: String
  /// The reason, or empty if none was given.
  package var comment: String
  /// When the message was sent, by the sender's clock.
  package var at: Timestamp
  /// The ssh signature of an approval, or nil if the message is not signed.
  package var signature: String?
  /// The signer, verified by the engine that took the message, or nil if no known signer signed it. The engine ignores a signer that the
  /// sender states.
  package var signer: String?
  package init(id: String, _ kind: Kind, gate: String? = nil, by: String, comment: String = "", at: Timestamp) {
    self.id = id
    self.kind = kind
    self.gate = gate
    self.by = by
    self.comment = comment
    self.at = at
  }

  /// The sender and the comment, if there is one: `kim@laptop: looks slow`.
  package var words: String { comment.isEmpty ? by : "\(by): \(comment)" }

  /// The limits of the message's parts, in bytes of UTF-8.
  package static let (idLimit, byLimit, gateLimit, commentLimit, signatureLimit) = (64, 256, 256, 2000, 8192)

  /// Why no engine accepts the message, as the end of "the message …", or nil if engines accept it. Each part has to be one line without
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

  /// Whether an id is valid: 1 to 64 characters of a-z, 0-9 and `-`.
  package static func isPlain(_ id: Message.ID) -> Bool {
    let isPlain = !id.isEmpty && id.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D }
    return isPlain && id.utf8.count <= idLimit
  }
}

extension Unicode.Scalar {
  /// Whether the scalar is a C0 or C1 control character, or one of the two Unicode line separators.
  fileprivate var isControl: Bool { value < 0x20 || (0x7F..<0xA0).contains(value) || value == 0x2028 || value == 0x2029 }
}
