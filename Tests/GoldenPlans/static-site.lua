-- A folder of files, and nginx that reads its configuration again.
recipe "site" {
  api = 1, revision = bundle "app", targets = { "deploy@web1.example.com", "deploy@web2.example.com" }, path = "/var/www/site",
  on = { AllowTraffic = function(host) host:run "sudo nginx -s reload" end },
}
