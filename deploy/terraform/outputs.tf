output "image_repository" {
  description = "Where images are pushed to: image.repository of the chart."
  value       = "${var.region}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository.images.repository_id}/freshet"
}

output "kafka_brokers" {
  description = "kafka.brokers of the chart."
  value       = "bootstrap.${google_managed_kafka_cluster.freshet.cluster_id}.${var.region}.managedkafka.${var.project}.cloud.goog:9092"
}

output "service_account" {
  description = "The chart's serviceAccount.annotations: iam.gke.io/gcp-service-account."
  value       = google_service_account.freshet.email
}

output "secrets_service_account" {
  description = "The same annotation for the service account of the External Secrets operator."
  value       = google_service_account.secrets.email
}

output "warehouse" {
  description = "The data set with the tables."
  value       = "${var.project}.${google_bigquery_dataset.freshet.dataset_id}"
}
