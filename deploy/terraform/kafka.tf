# The log: all else is a copy of it. Topics are made by the chart, as `freshet topics apply` knows their settings.
resource "google_managed_kafka_cluster" "freshet" {
  cluster_id = var.name
  location   = var.region

  capacity_config {
    vcpu_count   = var.kafka_vcpus
    memory_bytes = var.kafka_vcpus * 4 * 1024 * 1024 * 1024
  }

  gcp_config {
    access_config {
      network_configs {
        subnet = google_compute_subnetwork.freshet.id
      }
    }
  }

  rebalance_config {
    mode = "AUTO_REBALANCE_ON_SCALE_UP"
  }

  depends_on = [google_project_service.needed]

  lifecycle {
    prevent_destroy = true
  }
}
