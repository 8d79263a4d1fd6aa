// The chart's profiles, and what somebody who uses one gives beside it.

export const profiles: Readonly<Record<string, readonly string[]>> = {
  'redpanda-redis': [],
  'redpanda-memorystore': [],
  'google-redis': [
    'kafka.brokers=bootstrap.example:9092',
    'serviceAccount.annotations.iam\\.gke\\.io/gcp-service-account=freshet@example',
  ],
  'google-memorystore': [
    'kafka.brokers=bootstrap.example:9092',
    'exposure.host=shop.example',
    'exposure.gateway.name=outside',
    'stages.customers.autoscaling.enabled=true',
    'models.claim=models',
    'training.schedule=0 3 * * *',
  ],
};
