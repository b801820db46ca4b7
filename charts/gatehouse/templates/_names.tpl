{{/* The name of everything, see fullnameOverride. */}}
{{- define "gatehouse.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride -}}
{{- else if contains "gatehouse" .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-gatehouse" (.Release.Name | trunc 40 | trimSuffix "-") -}}
{{- end -}}
{{- end -}}

{{- define "gatehouse.selectorLabels" -}}
app.kubernetes.io/name: gatehouse
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{/* Of pods: without the chart's version, which changes nothing in them. */}}
{{- define "gatehouse.podLabels" -}}
{{ include "gatehouse.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "gatehouse.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{ include "gatehouse.podLabels" . }}
{{- end -}}

{{- define "gatehouse.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "gatehouse.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- required "serviceAccount.name: needed with serviceAccount.create: false" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "gatehouse.image" -}}
{{- $repository := required "image.repository: say where the image lies, such as registry.example.com/platform/gatehouse" .Values.image.repository -}}
{{- $repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- with .Values.image.digest }}@{{ . }}{{ end -}}
{{- end -}}

{{/* The Secret with the serving certificate, whoever fills it. */}}
{{- define "gatehouse.certificateSecret" -}}
{{- if eq .Values.certificates.source "existingSecret" -}}
{{- required "certificates.existingSecret: needed with certificates.source: existingSecret" .Values.certificates.existingSecret -}}
{{- else -}}
{{- include "gatehouse.fullname" . }}-certificates
{{- end -}}
{{- end -}}

{{/* How many pods there are at least. */}}
{{- define "gatehouse.leastReplicas" -}}
{{- if .Values.autoscaling.enabled }}{{ .Values.autoscaling.minReplicas }}{{ else }}{{ .Values.replicas }}{{ end -}}
{{- end -}}

{{/* Whether one replica, the leader, has anything to write into the cluster. */}}
{{- define "gatehouse.hasLeader" -}}
{{- if or (eq .Values.webhook.registration "leader") (eq .Values.certificates.source "own") -}}true{{- end -}}
{{- end -}}

{{/* The ConfigMap with the server's configuration, if there is one. */}}
{{- define "gatehouse.configMap" -}}
{{- if .Values.serverConfiguration.existingConfigMap -}}
{{- .Values.serverConfiguration.existingConfigMap -}}
{{- else if or .Values.serverConfiguration.content .Values.registryCredentials.pullSecrets -}}
{{- include "gatehouse.fullname" . }}-config
{{- end -}}
{{- end -}}
