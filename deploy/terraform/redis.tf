resource "google_redis_instance" "freshet" {
  name                    = var.name
  region                  = var.region
  tier                    = "STANDARD_HA"
  memory_size_gb          = var.redis_memory_gb
  redis_version           = "REDIS_7_0"
  authorized_network      = google_compute_network.freshet.id
  auth_enabled            = true
  transit_encryption_mode = "SERVER_AUTHENTICATION"

  # What is evicted can't be told from what never was.
  redis_configs = {
    maxmemory-policy = "noeviction"
  }

  depends_on = [google_project_service.needed]
}
