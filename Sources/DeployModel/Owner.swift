/// The owner of a file on a host. It consists of numbers, because the same name might belong to another person on another host.
package struct Owner: Sendable, Hashable, Codable {
  package var user: Int
  package var group: Int
  package init(user: Int, group: Int) {
    self.user = user
    self.group = group
  }
}
