{{/* The ConfigMaps whose content the pods read, each empty where there is nothing to put into it. */}}

{{/* One, of (dict "root" $ "suffix" NAME "files" MAP). */}}
{{- define "gatehouse.contentConfigMap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "gatehouse.fullname" .root }}-{{ .suffix }}
  namespace: {{ .root.Release.Namespace | quote }}
  labels:
    {{- include "gatehouse.labels" .root | nindent 4 }}
data:
  {{- toYaml .files | nindent 2 }}
{{- end -}}

{{- define "gatehouse.policyConfigMap" -}}
{{- if .Values.policies.existingConfigMap -}}
{{- if .Values.policies.files -}}
{{- fail "policies: set files or existingConfigMap, not both" -}}
{{- end -}}
{{- else -}}
{{- $files := include "gatehouse.policyFiles" . | fromYaml -}}
{{- if not $files -}}
{{- fail "policies: with default: None there must be files or existingConfigMap" -}}
{{- end -}}
{{- include "gatehouse.contentConfigMap" (dict "root" . "suffix" "policies" "files" $files) -}}
{{- end -}}
{{- end -}}

{{/* What changes whenever the content does. */}}
{{- define "gatehouse.contentHash" -}}
{{- $policies := "" -}}
{{- if not .Values.policies.existingConfigMap -}}{{- $policies = include "gatehouse.policyFiles" . -}}{{- end -}}
{{- $maps := list .Values.keys.files .Values.registryAuthorities.files .Values.serverConfiguration.content -}}
{{- $texts := list $policies (default list .Values.registryCredentials.pullSecrets | toJson) -}}
{{- range $maps -}}{{- $texts = append $texts (default dict . | toJson) -}}{{- end -}}
{{- join "\n" $texts | sha256sum -}}
{{- end -}}

{{- define "gatehouse.keyConfigMap" -}}
{{- with .Values.keys.files -}}
{{- include "gatehouse.contentConfigMap" (dict "root" $ "suffix" "keys" "files" .) -}}
{{- end -}}
{{- end -}}

{{- define "gatehouse.authorityConfigMap" -}}
{{- with .Values.registryAuthorities.files -}}
{{- include "gatehouse.contentConfigMap" (dict "root" $ "suffix" "authorities" "files" .) -}}
{{- end -}}
{{- end -}}

{{/* The ServerConfiguration: what was given, and the mounted pull secrets. */}}
{{- define "gatehouse.serverConfigMap" -}}
{{- if .Values.serverConfiguration.existingConfigMap -}}
{{- if .Values.serverConfiguration.content -}}
{{- fail "serverConfiguration: set content or existingConfigMap, not both" -}}
{{- end -}}
{{- else if include "gatehouse.configMap" . -}}
{{- $content := deepCopy (default dict .Values.serverConfiguration.content) -}}
{{- $_ := set $content "apiVersion" "gatehouse.dev/v1alpha1" -}}
{{- $_ := set $content "kind" "ServerConfiguration" -}}
{{- $files := default list $content.dockerConfigFiles -}}
{{- range $index, $secret := .Values.registryCredentials.pullSecrets -}}
{{- $files = append $files (printf "/etc/gatehouse/pull/%d/.dockerconfigjson" $index) -}}
{{- end -}}
{{- if $files -}}{{- $_ := set $content "dockerConfigFiles" $files -}}{{- end -}}
{{- include "gatehouse.contentConfigMap" (dict "root" . "suffix" "config" "files" (dict "config.yaml" (toYaml $content))) -}}
{{- end -}}
{{- end -}}
