package import DeployModel

/// A task's question in its coded form.
package struct Question {
  /// Fields of a record, in the order of their names; empty if it has values by position.
  package var fields: [(name: String, value: Value)] = []
  /// Values by position; empty if it has a record.
  package var values: [Value] = []

  /// Malformed bytes read as fewer values, never as a crash.
  package init(_ bytes: UnsafeBufferPointer<UInt8>) {
    if let fields = WireReader.fields(bytes) { self.fields = fields } else { values = WireReader.values(bytes) }
  }
}
