import DeployCore
import DeployDesk
import DeployModel
import DeployReport

extension HeldLocks {
  /// Returns data for programs: each lock with its holder, and the hosts that are now unlocked.
  func value(unlocked: [Held]) -> Value {
    let locks = all.map { held in
      let holder = dead.first { $0.token == held.lock.token }?.holder
      return JSON.record([
        ("host", .text(held.site.host.name)), ("register", held.isOfRegister ? .bool(true) : nil),
        ("deployment", .text(held.lock.deployment.rawValue)), ("owner", .text(held.lock.owner)), ("purpose", .text(held.lock.purpose)),
        ("since", .text(When.iso(held.lock.since))), ("lease_left_s", .int(held.lock.leaseLeft)),
        ("dead", .bool(holder != nil || held.lock.leaseLeft <= 0)), ("why", holder.map { .text($0.clause) }),
      ])
    }
    return JSON.record([("locks", .list(locks)), ("unlocked", .list(unlocked.map { .text($0.site.host.name) }))])
  }
}
