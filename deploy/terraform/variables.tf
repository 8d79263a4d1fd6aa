variable "project" {
  description = "The project that everything is made in."
  type        = string
}

variable "region" {
  description = "Where it stands: cluster, brokers and Redis in one region."
  type        = string
  default     = "europe-west1"
}

variable "name" {
  description = "What everything is named after."
  type        = string
  default     = "freshet"

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,18}$", var.name))
    error_message = "Small letters, digits and hyphens, at most 19: names of service accounts are made of it."
  }
}

variable "namespace" {
  description = "The namespace that the chart is installed in, under the release name freshet."
  type        = string
  default     = "freshet"
}

variable "kafka_vcpus" {
  description = "Processors of the brokers together, at least 3. They get 4 GiB of memory each."
  type        = number
  default     = 3

  validation {
    condition     = var.kafka_vcpus >= 3
    error_message = "Google gives no fewer than 3."
  }
}

variable "redis_memory_gb" {
  description = "Memory of Redis. docs/redis.md says what a customer takes; 1.5 times of that."
  type        = number
  default     = 5
}

variable "warehouse_readers" {
  description = "Who may ask the warehouse: user:…, group:… or serviceAccount:…"
  type        = set(string)
  default     = []
}

variable "warehouse_writers" {
  description = "Who fills the warehouse: they may write rows, and neither read nor delete tables. Freshet itself does not write to it yet."
  type        = set(string)
  default     = []
}

variable "notification_channels" {
  description = "Who hears of alerts: projects/…/notificationChannels/…"
  type        = list(string)
  default     = []
}

variable "deletion_protection" {
  description = "Refuses to destroy the cluster and the tables of the warehouse."
  type        = bool
  default     = true
}
