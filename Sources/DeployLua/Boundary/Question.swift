package import DeployModel

/// What a task asked, as it was coded.
package struct Question {
  /// Fields of a record, in the order of their names; empty if it asked with values by position.
  package var fields: [(name: String, value: Value)] = []
  /// By position; empty if it asked with a record.
  package var values: [Value] = []

  /// Malformed bytes read as fewer values, never as a crash.
  package init(_ bytes: UnsafeBufferPointer<UInt8>) {
    if let fields = WireReader.fields(bytes) { self.fields = fields } else { values = WireReader.values(bytes) }
  }
}
