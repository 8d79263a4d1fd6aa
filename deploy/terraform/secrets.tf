# What the External Secrets operator copies into the cluster. Keys of the API are put there by hand, so that they are in no state file:
# docs/deployment.md. How to reach Redis follows from it, and is in the state, which therefore must be kept like a secret.

locals {
  secrets = toset(["api-keys", "prometheus-key", "redis-url", "redis-ca"])
}

resource "google_secret_manager_secret" "freshet" {
  for_each  = local.secrets
  secret_id = "${var.name}-${each.key}"

  replication {
    user_managed {
      replicas {
        location = var.region
      }
    }
  }

  depends_on = [google_project_service.needed]
}

resource "google_secret_manager_secret_version" "redis_url" {
  secret      = google_secret_manager_secret.freshet["redis-url"].id
  secret_data = "rediss://:${google_redis_instance.freshet.auth_string}@${google_redis_instance.freshet.host}:${google_redis_instance.freshet.port}"
}

resource "google_secret_manager_secret_version" "redis_ca" {
  secret      = google_secret_manager_secret.freshet["redis-ca"].id
  secret_data = join("\n", google_redis_instance.freshet.server_ca_certs[*].cert)
}
