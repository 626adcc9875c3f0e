import Glibc

/// Why a call of the system failed, by its `errno`.
package struct SystemError: Error, Hashable {
  package let code: Int32

  /// - Parameter code: without it, that of the call before.
  package init(_ code: Int32 = errno) { self.code = code }

  /// In the system's words.
  package var reason: String { String(cString: strerror(code)) }
}
