package import DeployModel

/// The Lua part of the runtime. It is embedded in the program, so the program needs no files.
package enum Prelude {
  /// The files, in the order of their paths. `prelude/main.lua` reads the others.
  package static let files: [SourceFile] = [
    ("main", PackageResources.main_lua),
    ("reading/environment", PackageResources.environment_lua), ("reading/given", PackageResources.given_lua),
    ("reading/project", PackageResources.project_lua),
    ("reading/require", PackageResources.require_lua), ("reading/source", PackageResources.source_lua),
    ("run/analyse", PackageResources.analyse_lua), ("run/answer", PackageResources.answer_lua),
    ("run/approve", PackageResources.approve_lua),
    ("run/attempts", PackageResources.attempts_lua),
    ("run/begin", PackageResources.begin_lua),
    ("run/command", PackageResources.command_lua), ("run/decisions", PackageResources.decisions_lua),
    ("run/deployment", PackageResources.deployment_lua),
    ("run/facts", PackageResources.facts_lua), ("run/fail", PackageResources.fail_lua), ("run/file", PackageResources.file_lua),
    ("run/filled_file", PackageResources.filled_file_lua), ("run/fleet", PackageResources.fleet_lua),
    ("run/here", PackageResources.here_lua), ("run/http", PackageResources.http_lua),
    ("run/launch", PackageResources.launch_lua), ("run/log", PackageResources.log_lua),
    ("run/operation", PackageResources.operation_lua), ("run/partners", PackageResources.partners_lua),
    ("run/pause", PackageResources.pause_lua),
    ("run/quote", PackageResources.quote_lua),
    ("run/response", PackageResources.response_lua), ("run/result", PackageResources.result_lua),
    ("run/retry", PackageResources.retry_lua), ("run/rollout", PackageResources.rollout_lua),
    ("run/running_host", PackageResources.running_host_lua), ("run/secret", PackageResources.secret_lua),
    ("run/service", PackageResources.service_lua), ("run/service_state", PackageResources.service_state_lua),
    ("run/sets", PackageResources.sets_lua), ("run/shapes", PackageResources.shapes_lua),
    ("run/shift", PackageResources.shift_lua), ("run/sleep", PackageResources.sleep_lua),
    ("run/stop", PackageResources.stop_lua), ("run/systemd", PackageResources.systemd_lua),
    ("run/together", PackageResources.together_lua), ("run/unit", PackageResources.unit_lua),
    ("run/wait_for", PackageResources.wait_for_lua), ("run/watch", PackageResources.watch_lua),
    ("runtime/boundary", PackageResources.boundary_lua), ("runtime/capability", PackageResources.capability_lua),
    ("runtime/copies", PackageResources.copies_lua), ("runtime/errors", PackageResources.errors_lua),
    ("runtime/grants", PackageResources.grants_lua),
    ("runtime/language", PackageResources.language_lua), ("runtime/near", PackageResources.near_lua),
    ("runtime/phase", PackageResources.phase_lua), ("runtime/phases", PackageResources.phases_lua),
    ("runtime/problems", PackageResources.problems_lua), ("runtime/reference", PackageResources.reference_lua),
    ("runtime/rehearsal", PackageResources.rehearsal_lua), ("runtime/tables", PackageResources.tables_lua),
    ("runtime/values", PackageResources.values_lua), ("runtime/void", PackageResources.void_lua),
    ("types/amount", PackageResources.amount_lua), ("types/duration", PackageResources.duration_lua),
    ("types/fields", PackageResources.fields_lua),
    ("types/json_reader", PackageResources.json_reader_lua), ("types/json_writer", PackageResources.json_writer_lua),
    ("types/literal", PackageResources.literal_lua), ("types/record", PackageResources.record_lua),
    ("types/types", PackageResources.types_lua), ("types/version", PackageResources.version_lua),
    ("types/web_address", PackageResources.web_address_lua), ("types/yaml_text", PackageResources.yaml_text_lua),
    ("words/address", PackageResources.address_lua), ("words/alarm", PackageResources.alarm_lua),
    ("words/allow", PackageResources.allow_lua),
    ("words/base64", PackageResources.base64_lua),
    ("words/bases", PackageResources.bases_lua),
    ("words/bundle", PackageResources.bundle_lua), ("words/configuration", PackageResources.configuration_lua),
    ("words/env", PackageResources.env_lua), ("words/freeze", PackageResources.freeze_lua),
    ("words/group", PackageResources.group_lua), ("words/hook", PackageResources.hook_lua), ("words/host", PackageResources.host_lua),
    ("words/json", PackageResources.json_lua), ("words/named", PackageResources.named_lua), ("words/option", PackageResources.option_lua),
    ("words/param", PackageResources.param_lua),
    ("words/plugin", PackageResources.plugin_lua), ("words/read_dotenv", PackageResources.read_dotenv_lua),
    ("words/read_json", PackageResources.read_json_lua), ("words/read_text", PackageResources.read_text_lua),
    ("words/read_yaml", PackageResources.read_yaml_lua),
    ("words/recipe", PackageResources.recipe_lua),
    ("words/schema", PackageResources.schema_lua), ("words/sections", PackageResources.sections_lua),
    ("words/sha256", PackageResources.sha256_lua),
    ("words/slots", PackageResources.slots_lua),
    ("words/stage", PackageResources.stage_lua), ("words/strategy", PackageResources.strategy_lua),
    ("words/task", PackageResources.task_lua),
    ("words/template", PackageResources.template_lua),
    ("words/traffic", PackageResources.traffic_lua), ("words/transport", PackageResources.transport_lua),
    ("words/url", PackageResources.url_lua), ("words/yaml", PackageResources.yaml_lua),
  ].map { SourceFile(path: "prelude/\($0.0).lua", text: String(decoding: $0.1, as: UTF8.self)) }

  /// Returns whether a source belongs to a prelude, judged by its path.
  package static func holds(_ file: SourceFile) -> Bool { file.path.hasPrefix("prelude/") }

  /// Returns why this engine cannot continue a deployment that another version began with these sources, or nil if it can. The deployment's
  /// own prelude numbered its functions, so no other prelude is allowed to read its sources.
  /// - Parameter engine: the version of Lander that began the deployment.
  package static func refusal(of sources: [SourceFile], for deployment: Deployment.ID, begunBy engine: String) -> Problem? {
    PinnedPrelude.foreign(in: sources).map { reason in
      Problem(
        "deployment \(deployment) was begun by lander \(engine), and this lander cannot continue it: \(reason)",
        fix: "lander resume \(deployment) or lander cancel \(deployment) with lander \(engine)\nlander rollback with this one takes hosts "
          + "back from what they remember, after lander unlock")
    }
  }
}
