{{- define "freshet.name" -}}
{{- if contains "freshet" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-freshet" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end -}}
{{- end }}

{{/* Who belongs to this release. */}}
{{- define "freshet.release" -}}
app.kubernetes.io/name: freshet
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "freshet.labels" -}}
{{ include "freshet.release" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "freshet.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "freshet.brokers" -}}
{{- if eq .Values.kafka.kind "redpanda" }}{{ include "freshet.name" . }}-redpanda:9092{{ else }}{{ required "kafka.brokers: where are they?" .Values.kafka.brokers }}{{ end -}}
{{- end }}

{{- define "freshet.registry" -}}
{{- if .Values.registry.url }}{{ .Values.registry.url }}{{ else if eq .Values.kafka.kind "redpanda" }}http://{{ include "freshet.name" . }}-redpanda:8081{{ end -}}
{{- end }}

{{/* How the log is reached, and what was set beside. The Job that makes topics has no more than that: it runs before there are secrets
of Redis or of a collector where the chart has them copied from outside. */}}
{{- define "freshet.environmentOfLog" -}}
- { name: TOPIC_PREFIX, value: {{ .Values.topicPrefix | quote }} }
- { name: PARTITIONS, value: {{ .Values.partitions | quote }} }
- { name: KAFKA_BROKERS, value: {{ include "freshet.brokers" . | quote }} }
- { name: KAFKA_CREATE_TOPICS, value: 'off' }
- { name: KAFKA_REPLICATION_FACTOR, value: {{ .Values.kafka.replicationFactor | quote }} }
- { name: KAFKA_SESSION_TIMEOUT_MS, value: {{ .Values.kafka.sessionTimeoutMs | int | quote }} }
{{- if eq .Values.kafka.kind "google" }}
- { name: KAFKA_SSL, value: 'on' }
- { name: KAFKA_SASL_MECHANISM, value: google }
{{- else if eq .Values.kafka.kind "external" }}
- { name: KAFKA_SSL, value: {{ ternary "on" "off" .Values.kafka.ssl | quote }} }
{{- if ne .Values.kafka.sasl "none" }}
- { name: KAFKA_SASL_MECHANISM, value: {{ .Values.kafka.sasl }} }
- { name: KAFKA_SASL_USERNAME, valueFrom: { secretKeyRef: { name: {{ .Values.secret.name }}, key: kafka-username } } }
- { name: KAFKA_SASL_PASSWORD_FILE, value: /secrets/kafka-password }
{{- end }}
{{- end }}
{{- with include "freshet.registry" . }}
- { name: SCHEMA_REGISTRY_URL, value: {{ . | quote }} }
{{- end }}
{{- range $name, $value := .Values.settings }}
- { name: {{ $name }}, value: {{ $value | quote }} }
{{- end }}
{{- end }}

{{/* The settings of every process, beside what is the image's. */}}
{{- define "freshet.environment" -}}
{{ include "freshet.environmentOfLog" . }}
{{- if eq .Values.redis.kind "cluster" }}
- { name: REDIS_URL, value: 'redis://{{ include "freshet.name" . }}-redis:6379' }
{{- else }}
- { name: REDIS_URL_FILE, value: /secrets/redis-url }
{{- if .Values.redis.isCluster }}
- { name: REDIS_CLUSTER, value: 'on' }
{{- end }}
{{- if .Values.redis.ca }}
- { name: REDIS_TLS_CA_FILE, value: /secrets/redis-ca }
{{- end }}
{{- end }}
{{- if .Values.models.claim }}
- { name: MODELS_DIR, value: /models }
{{- end }}
{{- with .Values.tracing }}
{{- if .endpoint }}
- { name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ .endpoint | quote }} }
- { name: OTEL_TRACES_SAMPLER_ARG, value: {{ .share | quote }} }
{{- if .headers }}
- { name: OTEL_EXPORTER_OTLP_HEADERS_FILE, value: /secrets/otlp-headers }
{{- end }}
{{- end }}
{{- end }}
- { name: SHUTDOWN_GRACE_MS, value: {{ mul .Values.shutdownGraceSeconds 1000 | quote }} }
{{- end }}

{{/* Rules of the `restricted` level, and no writing but to volumes. */}}
{{- define "freshet.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end }}

{{- define "freshet.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{/* What pods of all kinds share: where they run, and who they are. */}}
{{- define "freshet.pod" -}}
serviceAccountName: {{ include "freshet.name" . }}
# Only Workload Identity asks for tokens, and it does not need this one.
automountServiceAccountToken: false
securityContext:
  {{- include "freshet.podSecurity" 10001 | nindent 2 }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- include "freshet.placement" . }}
{{- end }}

{{- define "freshet.placement" -}}
{{- with .Values.nodeSelector }}
nodeSelector: {{ toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{ toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Not all on one node, and spread over zones. Takes the labels of the component. */}}
{{- define "freshet.spread" -}}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector: { matchLabels: {{ . | fromYaml | toJson }} }
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: { matchLabels: {{ . | fromYaml | toJson }} }
{{- end }}

{{- define "freshet.probes" -}}
# It listens before it has joined; what it restores may take long, and it is alive meanwhile.
startupProbe: { httpGet: { path: /healthz, port: http }, periodSeconds: 5, failureThreshold: 60 }
livenessProbe: { httpGet: { path: /healthz, port: http }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }
readinessProbe: { httpGet: { path: /readyz, port: http }, periodSeconds: 5, timeoutSeconds: 5 }
{{- end }}

{{/* Longer than the process itself takes at most: SHUTDOWN_GRACE_MS, ten seconds for commits, and preStop. */}}
{{- define "freshet.graceSeconds" -}}
{{ add .Values.shutdownGraceSeconds 25 }}
{{- end }}
