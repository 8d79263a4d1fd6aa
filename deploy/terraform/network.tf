# Nodes have no addresses of the internet; images come through NAT.

resource "google_compute_network" "freshet" {
  name                    = var.name
  auto_create_subnetworks = false
  depends_on              = [google_project_service.needed]
}

resource "google_compute_subnetwork" "freshet" {
  name                     = var.name
  network                  = google_compute_network.freshet.id
  region                   = var.region
  ip_cidr_range            = "10.10.0.0/20"
  private_ip_google_access = true

  secondary_ip_range {
    range_name    = "pods"
    ip_cidr_range = "10.20.0.0/16"
  }

  secondary_ip_range {
    range_name    = "services"
    ip_cidr_range = "10.30.0.0/20"
  }
}

resource "google_compute_router" "freshet" {
  name    = var.name
  network = google_compute_network.freshet.id
  region  = var.region
}

resource "google_compute_router_nat" "freshet" {
  name                               = var.name
  router                             = google_compute_router.freshet.name
  region                             = var.region
  nat_ip_allocate_option             = "AUTO_ONLY"
  source_subnetwork_ip_ranges_to_nat = "ALL_SUBNETWORKS_ALL_IP_RANGES"
}
