import Glibc

/// Why a system call failed, by its `errno`.
package struct SystemError: Error, Hashable {
  package let code: Int32

  /// - Parameter code: the error number, by default the error number of the preceding system call.
  package init(_ code: Int32 = errno) { self.code = code }

  /// The system's description of the error.
  package var reason: String { String(cString: strerror(code)) }
}
