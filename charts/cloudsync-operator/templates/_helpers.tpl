{{- define "cloudsync.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* Cluster-scoped objects carry the namespace, so that two installations do not share them. */}}
{{- define "cloudsync.clusterName" -}}
{{ include "cloudsync.fullname" . }}:{{ .Release.Namespace }}
{{- end -}}

{{- define "cloudsync.serviceAccountName" -}}
{{- .Values.serviceAccount.name | default (include "cloudsync.fullname" .) -}}
{{- end -}}

{{- define "cloudsync.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "cloudsync.labels" -}}
{{ include "cloudsync.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "cloudsync.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- define "cloudsync.subject" -}}
- kind: ServiceAccount
  name: {{ include "cloudsync.serviceAccountName" . }}
  namespace: {{ .Release.Namespace }}
{{- end -}}

{{/* Value name to flag: the settings that the schema admits. A test compares both with the operator's own table of flags. */}}
{{- define "cloudsync.settingFlags" -}}
leaseDuration: lease-duration
leaseRenewDeadline: lease-renew-deadline
leaseRetryPeriod: lease-retry-period
inventoryInterval: inventory-interval
commandPollMin: command-poll-min
commandPollMax: command-poll-max
absenceProofAnswers: absence-proof-answers
absenceProofWindow: absence-proof-window
launchTokenTrust: launch-token-trust
pingAgeMax: ping-age-max
capacityMemory: capacity-memory
subnetCache: subnet-cache
resyncInterval: resync-interval
workers: workers
stepAttemptsMax: step-attempts-max
runInstancesRate: run-instances-rate
runInstancesBurst: run-instances-burst
terminateInstancesRate: terminate-instances-rate
terminateInstancesBurst: terminate-instances-burst
ec2ReadsRate: ec2-reads-rate
ec2ReadsBurst: ec2-reads-burst
ec2WritesRate: ec2-writes-rate
ec2WritesBurst: ec2-writes-burst
ssmSendRate: ssm-send-rate
ssmSendBurst: ssm-send-burst
ssmReadsRate: ssm-reads-rate
ssmReadsBurst: ssm-reads-burst
graphWritesRate: graph-writes-rate
graphWritesBurst: graph-writes-burst
graphReadsRate: graph-reads-rate
graphReadsBurst: graph-reads-burst
allowUnverified: allow-unverified
directoryLookDelay: directory-look-delay
allowSelfApproval: allow-self-approval
logLevel: log-level
{{- end -}}

{{/* What the loops do with objects, verb by verb; a Role in each watched namespace, or one ClusterRole. */}}
{{- define "cloudsync.objectRules" -}}
- apiGroups: [cloudsync.dev]
  resources: [cloudsyncagents]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [cloudsync.dev]
  resources: [cloudsyncagentpools, addomains, entratenants, syncconfigurations, groupscopes]
  verbs: [get, list, watch, patch] # patch: finalizers
- apiGroups: [cloudsync.dev]
  resources: [provisioningtests]
  verbs: [get, list, watch]
- apiGroups: [cloudsync.dev]
  resources:
    - cloudsyncagents/status
    - cloudsyncagentpools/status
    - addomains/status
    - entratenants/status
    - syncconfigurations/status
    - groupscopes/status
    - provisioningtests/status
  verbs: [patch]
- apiGroups: [cloudsync.dev]
  resources: [cloudsyncagentpools/finalizers] # owner references that block deletion
  verbs: [update]
# The ledger of assignments, named by the configuration's UID and owned by it: names that no rule can list.
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get, create, patch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}
