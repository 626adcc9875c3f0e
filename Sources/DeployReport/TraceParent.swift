package import DeployModel

/// A position in a trace, in the form of the W3C's `traceparent`.
package struct TraceParent: Sendable, Hashable {
  /// 32 hexadecimal digits, not all of them zero.
  package var trace: String
  /// 16 hexadecimal digits, not all of them zero.
  package var span: String

  package init(trace: String, span: String) {
    self.trace = trace
    self.span = span
  }

  /// Reads a text such as `00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01`. A text in a newer version of the format is accepted
  /// too.
  /// - Returns: the position, or nil if the text is not a `traceparent`. If it is nil, the caller begins a new trace.
  package init?(_ text: String) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    func isHex(_ text: String, _ count: Int) -> Bool {
      text.utf8.count == count && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
    guard parts.count >= 4, isHex(parts[0], 2), parts[0] != "ff", parts.count == 4 || parts[0] != "00", isHex(parts[3], 2) else {
      return nil
    }
    guard isHex(parts[1], 32), isHex(parts[2], 16), parts[1].contains(where: { $0 != "0" }), parts[2].contains(where: { $0 != "0" }) else {
      return nil
    }
    self.init(trace: parts[1], span: parts[2])
  }

  package var text: String { "00-\(trace)-\(span)-01" }
}

/// Gives the spans of one trace their ids. The id of a span is derived from what the span stands for, so a hook on a host can compute it
/// without a request.
package struct TraceNames: Sendable, Hashable {
  package let trace: String
  /// The id of the caller's span, or nil if the trace begins here.
  package let parent: String?

  /// - Parameter random: two random numbers, which are used if the trace begins here.
  package init(under parent: TraceParent?, random: (UInt64, UInt64)) {
    trace = parent?.trace ?? Hex.text(random.0 | 1) + Hex.text(random.1)
    self.parent = parent?.span
  }

  /// Returns the id of the span of a deployment, or of a part of it.
  package func span(_ deployment: Deployment.ID, _ parts: String...) -> String {
    let hash = Fingerprint(of: ([trace, deployment.rawValue] + parts).joined(separator: "\0").utf8).number
    return Hex.text(hash == 0 ? 1 : hash)
  }

  /// Returns the parent for a command of a deployment: the span of the command's lifecycle event on its host or, if there is none, the
  /// deployment's span.
  package func parent(of deployment: Deployment.ID, host: String?, event: String?) -> TraceParent {
    guard let host, let event else { return TraceParent(trace: trace, span: span(deployment)) }
    return TraceParent(trace: trace, span: span(deployment, host, event))
  }
}
