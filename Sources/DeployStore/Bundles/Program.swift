/// A program that the store needs on the engine's machine: a build command, or git. The store itself runs no program.
package struct Program: Sendable, Hashable {
  package var argv: [String]
  package var directory: String
  package init(_ argv: [String], in directory: String) {
    self.argv = argv
    self.directory = directory
  }

  package struct Ended: Sendable, Hashable {
    /// The exit status. After a signal, it is 128 plus the signal's number.
    package var status: Int
    package var stdout: String
    /// The output on stderr. Its last part is shown if the program fails.
    package var stderr: String
    package init(status: Int, stdout: String = "", stderr: String = "") {
      self.status = status
      self.stdout = stdout
      self.stderr = stderr
    }
  }
}
