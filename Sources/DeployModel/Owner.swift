/// Who owns a file of a host, by numbers: names may mean somebody else on another host.
package struct Owner: Sendable, Hashable, Codable {
  package var user: Int
  package var group: Int
  package init(user: Int, group: Int) {
    self.user = user
    self.group = group
  }
}
