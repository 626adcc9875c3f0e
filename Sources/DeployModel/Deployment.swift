/// One run that brings a revision to hosts.
package enum Deployment {
  /// `20261121-113045-x7k2`: when it was planned (UTC) and four letters and digits.
  package typealias ID = String
}
