# The warehouse: tables/ is made of the schemas of the log (warehouse-tables.ts). docs/deployment.md says what fills it, and what not yet.

locals {
  # By which time a day's partition is chosen, and of which columns there is one row.
  tables = {
    interactions      = { time = "timestamp", key = ["interaction_id"] }
    customer_profiles = { time = "last_activity", key = ["customer_id"] }
    recommendations   = { time = "timestamp", key = ["recommendation_id", "item_id"] }
  }
}

resource "google_bigquery_dataset" "freshet" {
  dataset_id    = replace(var.name, "-", "_")
  friendly_name = "Freshet"
  location      = var.region

  delete_contents_on_destroy = false

  depends_on = [google_project_service.needed]
}

resource "google_bigquery_table" "freshet" {
  for_each = local.tables

  dataset_id          = google_bigquery_dataset.freshet.dataset_id
  table_id            = each.key
  schema              = file("${path.module}/tables/${each.key}.json")
  clustering          = ["customer_id"]
  deletion_protection = var.deletion_protection

  time_partitioning {
    type  = "DAY"
    field = each.value.time
  }

  # BigQuery does not hold writers to it: it is by this that a row that comes twice takes the place of the first.
  table_constraints {
    primary_key {
      columns = each.value.key
    }
  }
}

resource "google_bigquery_dataset_iam_member" "readers" {
  for_each = var.warehouse_readers

  dataset_id = google_bigquery_dataset.freshet.dataset_id
  role       = "roles/bigquery.dataViewer"
  member     = each.value
}

# Google's own roles for writers may delete tables as well, and read them.
resource "google_project_iam_custom_role" "warehouse_writer" {
  role_id     = "${replace(var.name, "-", "_")}_warehouse_writer"
  title       = "Writes to the warehouse of Freshet"
  permissions = ["bigquery.tables.get", "bigquery.tables.updateData"]

  depends_on = [google_project_service.needed]
}

resource "google_bigquery_dataset_iam_member" "writers" {
  for_each = var.warehouse_writers

  dataset_id = google_bigquery_dataset.freshet.dataset_id
  role       = google_project_iam_custom_role.warehouse_writer.name
  member     = each.value
}
