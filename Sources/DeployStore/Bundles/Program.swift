/// A program on the engine's machine that the store needs: a build command, or git. The store itself runs none.
package struct Program: Sendable, Hashable {
  package var argv: [String]
  package var directory: String
  package init(_ argv: [String], in directory: String) {
    self.argv = argv
    self.directory = directory
  }

  package struct Ended: Sendable, Hashable {
    /// 0 is success; a signal counts as 128 and its number.
    package var status: Int
    package var stdout: String
    /// Its end is shown when the program fails.
    package var stderr: String
    package init(status: Int, stdout: String = "", stderr: String = "") {
      self.status = status
      self.stdout = stdout
      self.stderr = stderr
    }
  }
}
