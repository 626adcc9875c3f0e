import DeployModel
import Testing

@testable import DeployDesk

/// The shipped recipes and plugins pass their own specs.
struct ShippedSpecTests {
  @Test(
    "the specs of the plugins and strategies that come with lander pass",
    arguments: [
      "plugins/haproxy/spec/haproxy_spec.lua", "plugins/http_check/spec/http_check_spec.lua", "plugins/nginx/spec/nginx_spec.lua",
      "plugins/notify/spec/notify_spec.lua", "plugins/prometheus/spec/prometheus_spec.lua", "recipes/spec/canary_spec.lua",
      "recipes/spec/strategies_spec.lua",
    ])
  func specs(_ path: String) async throws {
    let results = try await SpecBench.results(try #require(Bench.shipped(path)), main: "-- nothing of its own")
    #expect(results.count >= 6 && results.compactMap(\.problem) == [])
  }
}
