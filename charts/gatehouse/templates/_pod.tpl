{{/* What the Pod Security Standards ask for at their level `restricted`, and more. */}}
{{- define "gatehouse.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "gatehouse.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* `gatehouse serve` as it is started. */}}
{{- define "gatehouse.args" -}}
{{- $name := include "gatehouse.fullname" . -}}
{{- $namespace := .Release.Namespace -}}
- serve
- --policy=/etc/gatehouse/policies
{{- if include "gatehouse.configMap" . }}
- --config=/etc/gatehouse/config/config.yaml
{{- end }}
- --listen={{ .Values.listen.address }}:{{ .Values.listen.port }}
- --ops-listen={{ .Values.listen.address }}:{{ .Values.listen.opsPort }}
{{- if eq .Values.certificates.source "own" }}
- --certificate-secret={{ $namespace }}/{{ include "gatehouse.certificateSecret" . }}
- --certificate-dns-name={{ $name }}.{{ $namespace }}.svc
- --certificate-dns-name={{ $name }}.{{ $namespace }}.svc.{{ .Values.clusterDomain }}
- --ca-lifetime={{ .Values.certificates.caLifetime }}
- --certificate-lifetime={{ .Values.certificates.lifetime }}
- --rotation-settle={{ .Values.certificates.rotationSettle }}
{{- else }}
- --tls-cert=/etc/gatehouse/tls/tls.crt
- --tls-key=/etc/gatehouse/tls/tls.key
{{- end }}
{{- if eq .Values.webhook.registration "leader" }}
- --webhook-configuration=/etc/gatehouse/registration/webhooks.yaml
{{- if ne .Values.certificates.source "own" }}
- --ca-bundle=/etc/gatehouse/tls/ca.crt
{{- end }}
{{- end }}
{{- if include "gatehouse.hasLeader" . }}
- --lease={{ $namespace }}/{{ $name }}-leader
{{- end }}
- --log-format={{ .Values.log.format }}
- --log-level={{ .Values.log.level }}
- --drain-delay={{ .Values.drainDelaySeconds }}s
- --shutdown-timeout={{ .Values.shutdownTimeoutSeconds }}s
{{- range .Values.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end -}}

{{- define "gatehouse.volumeMounts" -}}
- name: policies
  mountPath: /etc/gatehouse/policies
  readOnly: true
{{- if include "gatehouse.configMap" . }}
- name: config
  mountPath: /etc/gatehouse/config
  readOnly: true
{{- end }}
{{- if include "gatehouse.keySources" . }}
- name: keys
  mountPath: /etc/gatehouse/keys
  readOnly: true
{{- end }}
{{- if include "gatehouse.authoritySources" . }}
- name: authorities
  mountPath: /etc/gatehouse/authorities
  readOnly: true
{{- end }}
{{- range $index, $secret := .Values.registryCredentials.pullSecrets }}
- name: pull-{{ $index }}
  mountPath: /etc/gatehouse/pull/{{ $index }}
  readOnly: true
{{- end }}
{{- if eq .Values.webhook.registration "leader" }}
- name: registration
  mountPath: /etc/gatehouse/registration
  readOnly: true
{{- end }}
{{- if ne .Values.certificates.source "own" }}
- name: tls
  mountPath: /etc/gatehouse/tls
  readOnly: true
{{- end }}
{{- range .Values.extraMounts }}
- name: {{ .name | quote }}
  mountPath: {{ .mountPath | quote }}
  readOnly: true
{{- end }}
{{- end -}}

{{/* Nothing is mounted by subPath: such files would never change. */}}
{{- define "gatehouse.volumes" -}}
{{- $name := include "gatehouse.fullname" . -}}
- name: policies
  configMap:
    name: {{ default (printf "%s-policies" $name) .Values.policies.existingConfigMap | quote }}
{{- with include "gatehouse.configMap" . }}
- name: config
  configMap:
    name: {{ . | quote }}
{{- end }}
{{- with include "gatehouse.keySources" . }}
- name: keys
  projected:
    sources:
      {{- . | nindent 6 }}
{{- end }}
{{- with include "gatehouse.authoritySources" . }}
- name: authorities
  projected:
    sources:
      {{- . | nindent 6 }}
{{- end }}
{{- range $index, $secret := .Values.registryCredentials.pullSecrets }}
- name: pull-{{ $index }}
  secret:
    secretName: {{ $secret | quote }}
    defaultMode: 0440
{{- end }}
{{- if eq .Values.webhook.registration "leader" }}
- name: registration
  configMap:
    name: {{ $name }}-registration
{{- end }}
{{- if ne .Values.certificates.source "own" }}
- name: tls
  secret:
    secretName: {{ include "gatehouse.certificateSecret" . | quote }}
    defaultMode: 0440
{{- end }}
{{- range .Values.extraMounts }}
- name: {{ .name | quote }}
  {{- if .configMap }}
  configMap:
    name: {{ .configMap | quote }}
  {{- else if .secret }}
  secret:
    secretName: {{ .secret | quote }}
    defaultMode: 0440
  {{- else }}
  persistentVolumeClaim:
    claimName: {{ .persistentVolumeClaim | quote }}
    readOnly: true
  {{- end }}
{{- end }}
{{- end -}}

{{- define "gatehouse.keySources" -}}
{{- if .Values.keys.files -}}
- configMap:
    name: {{ include "gatehouse.fullname" . }}-keys
{{ end -}}
{{- with .Values.keys.existingConfigMap -}}
- configMap:
    name: {{ . | quote }}
{{ end -}}
{{- with .Values.keys.existingSecret -}}
- secret:
    name: {{ . | quote }}
{{ end -}}
{{- end -}}

{{- define "gatehouse.authoritySources" -}}
{{- if .Values.registryAuthorities.files -}}
- configMap:
    name: {{ include "gatehouse.fullname" . }}-authorities
{{ end -}}
{{- with .Values.registryAuthorities.existingConfigMap -}}
- configMap:
    name: {{ . | quote }}
{{ end -}}
{{- end -}}
