# The alerts of deploy/prometheus/rules.yml as policies of Cloud Monitoring, which asks Managed Prometheus. The recorded rules that they
# rest on come with the chart (monitoring.kind=google).

locals {
  rules  = yamldecode(file("${path.module}/../prometheus/rules.yml"))
  alerts = { for rule in flatten(local.rules.groups[*].rules) : rule.alert => rule if can(rule.alert) }
  # "15m" in seconds; alerts without a time speak at once.
  seconds = {
    for name, rule in local.alerts :
    name => can(rule.for) ? tonumber(regex("^[0-9]+", rule.for)) * (endswith(rule.for, "h") ? 3600 : 60) : 0
  }
}

resource "google_monitoring_alert_policy" "freshet" {
  for_each = local.alerts

  display_name          = each.key
  combiner              = "OR"
  severity              = each.value.labels.severity == "page" ? "CRITICAL" : "WARNING"
  notification_channels = var.notification_channels

  conditions {
    display_name = each.key

    condition_prometheus_query_language {
      query               = trimspace(each.value.expr)
      duration            = "${local.seconds[each.key]}s"
      evaluation_interval = "60s"
      # Freshet is installed afterwards: none of them is there yet.
      disable_metric_validation = true
    }
  }

  documentation {
    content   = "docs/deployment.md says what to do when ${each.key} speaks."
    mime_type = "text/markdown"
  }

  depends_on = [google_project_service.needed]
}
