import GRDB

/// The fields of a row in a file that may be damaged: of any kind, or missing. Only this type reads rows, because GRDB's own subscript
/// ends the program if a field has another kind.
struct StoredRow {
  private let row: Row
  init(_ row: Row) { self.row = row }

  /// Nil if it is missing or of another kind.
  subscript<Value: DatabaseValueConvertible>(_ index: Int) -> Value? {
    guard index < row.count else { return nil }
    return Value.fromDatabaseValue(row[index] as DatabaseValue)
  }

  /// Nil if there is no such column, the field is missing, or it is of another kind.
  subscript<Value: DatabaseValueConvertible>(_ name: String) -> Value? {
    guard row.hasColumn(name) else { return nil }
    return Value.fromDatabaseValue(row[name] as DatabaseValue)
  }

  /// A blob's bytes; nil for everything else.
  func bytes(_ index: Int) -> [UInt8]? {
    guard index < row.count, case .blob(let data) = (row[index] as DatabaseValue).storage else { return nil }
    return Array(data)
  }
}
