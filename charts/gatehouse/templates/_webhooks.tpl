{{/* Namespaces that are never judged. Their names are kept in a label that only the API server sets. */}}
{{- define "gatehouse.excludedNamespaces" -}}
{{- concat (list .Release.Namespace "kube-system" "kube-public" "kube-node-lease") (default list .Values.webhook.excludeNamespaces) | uniq | toJson -}}
{{- end -}}

{{/* What is judged: whatever carries a pod, and what makes pods. */}}
{{- define "gatehouse.rules" -}}
{{- $core := list "pods" "pods/ephemeralcontainers" "pods/resize" -}}
{{- if include "gatehouse.hasMatchConditions" . -}}
{{- $core = list "pods" "pods/*" -}}
{{- end -}}
{{- if .Values.webhook.workloads -}}
{{- $core = concat $core (list "podtemplates" "replicationcontrollers") -}}
{{- end -}}
- apiGroups: [""]
  apiVersions: [v1]
  operations: [CREATE, UPDATE]
  resources:
  {{- range $core }}
  - {{ . }}
  {{- end }}
  scope: Namespaced
{{- if .Values.webhook.workloads }}
- apiGroups: [apps]
  apiVersions: [v1]
  operations: [CREATE, UPDATE]
  resources:
  - daemonsets
  - deployments
  - replicasets
  - statefulsets
  scope: Namespaced
- apiGroups: [batch]
  apiVersions: [v1]
  operations: [CREATE, UPDATE]
  resources:
  - cronjobs
  - jobs
  scope: Namespaced
{{- end }}
{{- end -}}

{{/*
Two kinds of calls are spared. What hangs on pods without a pod in it is written by kubelets and the scheduler all the
time. And a change of labels, finalizers, replicas, schedules and the like changes nothing that is judged: it is let through
without a call, so that while no pod of Gatehouse answers, objects still go away and controllers still keep their books. What
makes pods has its template in three places: PodTemplates, CronJobs, and all others; else it is a pod.
*/}}
{{- define "gatehouse.condition" -}}
!(has(request.subResource) && request.subResource in ["binding", "eviction", "status"])
&& (request.operation != "UPDATE"
|| (has(object.template) && has(oldObject.template)
? object.template != oldObject.template
: !has(object.spec) || !has(oldObject.spec)
|| (has(object.spec.template) && has(oldObject.spec.template)
? object.spec.template != oldObject.spec.template
: has(object.spec.jobTemplate) && has(oldObject.spec.jobTemplate)
? object.spec.jobTemplate != oldObject.spec.jobTemplate
: object.spec != oldObject.spec
|| has(object.metadata.annotations) != has(oldObject.metadata.annotations)
|| (has(object.metadata.annotations) && object.metadata.annotations != oldObject.metadata.annotations))))
{{- end -}}

{{/* From 1.28 on every subresource of pods is asked for but those that are known not to carry a pod. */}}
{{- define "gatehouse.hasMatchConditions" -}}
{{- if semverCompare ">=1.28.0-0" .Capabilities.KubeVersion.Version -}}true{{- end -}}
{{- end -}}

{{/* One entry, of (dict "root" $ "name" NAME "failurePolicy" POLICY "expressions" LIST). */}}
{{- define "gatehouse.webhook" -}}
{{- $root := .root -}}
- name: {{ .name }}
  admissionReviewVersions: [v1]
  clientConfig:
    service:
      namespace: {{ $root.Release.Namespace | quote }}
      name: {{ include "gatehouse.fullname" $root | quote }}
      path: /validate
      port: 443
  failurePolicy: {{ .failurePolicy }}
  matchPolicy: Equivalent
  namespaceSelector:
    matchExpressions:
    - key: kubernetes.io/metadata.name
      operator: NotIn
      values:
      {{- range include "gatehouse.excludedNamespaces" $root | fromJsonArray }}
      - {{ . | quote }}
      {{- end }}
    {{- with $root.Values.webhook.optInLabel }}
    {{- $label := splitn "=" 2 . }}
    - key: {{ $label._0 | quote }}
      operator: In
      values:
      - {{ $label._1 | quote }}
    {{- end }}
    {{- with .expressions }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- if include "gatehouse.hasMatchConditions" $root }}
  matchConditions:
  - name: may-change-what-runs
    expression: >-
      {{- include "gatehouse.condition" $root | nindent 6 }}
  {{- end }}
  rules:
  {{- include "gatehouse.rules" $root | nindent 2 }}
  sideEffects: None
  timeoutSeconds: {{ $root.Values.webhook.timeoutSeconds }}
{{- end -}}

{{/* The list `webhooks`: one entry, or two where failing calls mean different things in different namespaces. */}}
{{- define "gatehouse.webhooks" -}}
{{- $names := .Values.webhook.enforcedNamespaces -}}
{{- $label := .Values.webhook.enforcedLabel -}}
{{- if or $names $label -}}
{{- if and $names $label -}}
{{- fail "webhook: set enforcedNamespaces or enforcedLabel, not both" -}}
{{- end -}}
{{- if .Values.webhook.failurePolicy -}}
{{- fail "webhook.failurePolicy: leave it empty with enforcedNamespaces or enforcedLabel, which say where calls fail" -}}
{{- end -}}
{{- range $name := $names -}}
{{- if has $name (include "gatehouse.excludedNamespaces" $ | fromJsonArray) -}}
{{- fail (printf "webhook.enforcedNamespaces: %s is never judged" $name) -}}
{{- end -}}
{{- end -}}
{{- $key := "kubernetes.io/metadata.name" -}}
{{- $values := $names -}}
{{- if $label -}}
{{- $parts := splitn "=" 2 $label -}}
{{- $key = $parts._0 -}}
{{- $values = list $parts._1 -}}
{{- end -}}
{{- $in := list (dict "key" $key "operator" "In" "values" $values) -}}
{{- $notIn := list (dict "key" $key "operator" "NotIn" "values" $values) -}}
{{ include "gatehouse.webhook" (dict "root" . "name" "pods.gatehouse.dev" "failurePolicy" "Fail" "expressions" $in) }}
{{ include "gatehouse.webhook" (dict "root" . "name" "others.gatehouse.dev" "failurePolicy" "Ignore" "expressions" $notIn) }}
{{- else -}}
{{ include "gatehouse.webhook" (dict "root" . "name" "pods.gatehouse.dev" "failurePolicy" (include "gatehouse.failurePolicy" .) "expressions" list) }}
{{- end -}}
{{- end -}}
