# Three accounts, each with the least that its work takes. None has a key: pods get their tokens by Workload Identity.

# Reads and writes the log; nothing else.
resource "google_service_account" "freshet" {
  account_id   = var.name
  display_name = "Freshet"

  depends_on = [google_project_service.needed]
}

resource "google_project_iam_member" "freshet_kafka" {
  project = var.project
  role    = "roles/managedkafka.client"
  member  = google_service_account.freshet.member
}

resource "google_service_account_iam_member" "freshet_pods" {
  for_each = toset(["freshet", "freshet-prepare"])

  service_account_id = google_service_account.freshet.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "serviceAccount:${var.project}.svc.id.goog[${var.namespace}/${each.key}]"

  # The project's first cluster makes the pool of these names.
  depends_on = [google_container_cluster.freshet]
}

# Reads these four secrets; no others of the project.
resource "google_service_account" "secrets" {
  account_id   = "${var.name}-secrets"
  display_name = "External Secrets of Freshet"

  depends_on = [google_project_service.needed]
}

resource "google_secret_manager_secret_iam_member" "secrets" {
  for_each = google_secret_manager_secret.freshet

  secret_id = each.value.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.secrets.member
}

resource "google_service_account_iam_member" "secrets_pods" {
  service_account_id = google_service_account.secrets.name
  role               = "roles/iam.workloadIdentityUser"
  member             = "serviceAccount:${var.project}.svc.id.goog[external-secrets/external-secrets]"

  depends_on = [google_container_cluster.freshet]
}

# What nodes are: they log, measure and pull images of this repository.
resource "google_service_account" "nodes" {
  account_id   = "${var.name}-nodes"
  display_name = "Nodes of Freshet"

  depends_on = [google_project_service.needed]
}

resource "google_project_iam_member" "nodes" {
  project = var.project
  role    = "roles/container.defaultNodeServiceAccount"
  member  = google_service_account.nodes.member
}

resource "google_artifact_registry_repository_iam_member" "nodes" {
  location   = google_artifact_registry_repository.images.location
  repository = google_artifact_registry_repository.images.name
  role       = "roles/artifactregistry.reader"
  member     = google_service_account.nodes.member
}
