-- The words of the recipe language for preludes of boundary 2. Most of these preludes had no words of their own. This file never changes,
-- because a deployment or a release that was pinned then is read and run with the words of that time. Delete it with
-- PositionalBoundary.swift.

vocabulary = {
  api = 1, strategies = { "all_at_once", "rolling" },
  events = { "BeforeBlockTraffic", "BlockTraffic", "AfterBlockTraffic", "ApplicationStop", "DownloadBundle", "BeforeInstall", "Install",
    "AfterInstall", "ApplicationStart", "ValidateService", "BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic" },
}

--- Declares a word. fields: texts "name:type". needed: the required fields, each with a sentence about it.
local function word(name, fields, needed)
  local list = {}
  for field, type_ in string.gmatch(fields, "([%w_]+):(%S+)") do
    local help = needed and needed[field]
    list[#list + 1] = { name = field, type = type_, required = help ~= nil, help = help }
  end
  vocabulary[name] = { fields = list }
end

word("recipe", "api:positive application:name revision:revision targets:targets configuration:configuration strategy:strategy "
  .. "path:name shared:strings keep:positive reuse:copy|link user:name params:table stages:stages on:table on_failure:functions "
  .. "on_success:functions rollback:boolean appspec:table base:recipe")
word("recipe.appspec", "file:name file_exists:disallow|overwrite|retain restore:boolean ignore_stop_failures:boolean "
  .. "foreign_links:follow|refuse user:name")
word("group", "user:name port:port transport:name root:name tags:record vars:record hosts:hosts params:record",
  { hosts = "names, ranges such as web[01-24], or host \"name\" { … }" })
word("host", "user:name port:port transport:name root:name tags:record vars:record address:name")
word("configuration", "floor:amount parallel:amount budget:table")
word("configuration.budget", "failed:amount unreachable:amount")
word("strategy", "decide:function options:function", { decide = "function(rollout, options)" })
word("stage", "run:function when:function summary:string before:name after:name", { run = "function(deployment)" })
word("stage.rollout", "strategy:strategy")
word("transport", "")
word("bundle", "from:name build:name ignore:strings git:name repository:name")
word("plugin", "name:name version:name api:positive summary:string "
  .. "license:string main:string capabilities:strings dependencies:record",
  { name = "the plugin's folder", version = "of the plugin, as in 1.2.0", api = "the API level it is written for" })
word("param.boolean", "default:boolean help:string")
word("param.integer", "min:number max:number default:integer help:string")
word("param.number", "min:number max:number default:number help:string")
word("param.percent", "default:any help:string")
word("param.string", "match:string default:string help:string")
word("param.choice", "default:string help:string")
word("param.duration", "default:any help:string")
word("schema.boolean", "required:boolean default:boolean help:string")
word("schema.integer", "min:number max:number required:boolean default:integer help:string")
word("schema.number", "min:number max:number required:boolean default:number help:string")
word("schema.percent", "required:boolean default:any help:string")
word("schema.string", "match:string required:boolean default:string help:string")
word("schema.choice", "required:boolean default:string help:string")
word("schema.duration", "required:boolean default:any help:string")
word("schema.strings", "required:boolean default:any help:string")
word("schema.amount", "required:boolean default:any help:string")
word("schema.record", "required:boolean default:record help:string")
word("schema.any", "required:boolean default:any help:string")
word("schema.callback", "required:boolean default:function help:string")
word("host:run", "env:table cwd:name timeout:duration input:any user:name merge:boolean retry:table on_lost:fail|repeat rehearse:answer")
word("host:try", "env:table cwd:name timeout:duration input:any user:name merge:boolean retry:table on_lost:fail|repeat rehearse:answer")
word("host:read", "timeout:duration default:any limit:positive rehearse:string")
word("host:exists", "timeout:duration rehearse:boolean")
word("host:run.rehearse", "stdout:string stderr:string status:integer")
word("host:write", "timeout:duration mode:mode owner:name")
word("host:link", "")
word("host:upload", "timeout:duration")
word("host:download", "timeout:duration")
word("host:wait_for", "http:name port:port command:name status:any timeout:duration every:duration")
word("here:run", "env:table cwd:name timeout:duration input:any user:name merge:boolean retry:table on_lost:fail|repeat rehearse:answer")
word("here:try", "env:table cwd:name timeout:duration input:any user:name merge:boolean retry:table on_lost:fail|repeat rehearse:answer")
word("here:read", "")
word("rollout:wave", "parallel:amount")
word("rollout:wait", "")
word("rollout:rollback", "")
word("log", "")
word("fail", "")
word("sleep", "")
word("retry", "times:positive every:duration backoff:number")
word("each", "limit:positive keep_going:boolean")
word("all", "limit:positive keep_going:boolean")
word("within", "")
word("secret", "")
word("quote", "")
word("schema", "")
word("require", "")
