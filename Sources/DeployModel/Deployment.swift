/// A deployment: one run of the engine that brings a revision to hosts.
package enum Deployment {
  /// A deployment's id, such as `20261121-113045-x7k2`: the time when it was planned (UTC), and four random letters and digits.
  package typealias ID = String
}
