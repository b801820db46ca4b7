{{/* The built-in policy with the action that is wanted of it. */}}
{{- define "gatehouse.defaultPolicy" -}}
{{- $text := .Files.Get "files/default-policy.yaml" -}}
{{- if eq .Values.policies.default "Deny" -}}
{{- $text = $text | replace "\n  validationActions: [Warn, Audit]\n" "\n  validationActions: [Deny]\n" -}}
{{- end -}}
{{- $text -}}
{{- end -}}

{{/* All policies of this chart: file name to text. */}}
{{- define "gatehouse.policyFiles" -}}
{{- $files := deepCopy .Values.policies.files -}}
{{- if ne .Values.policies.default "None" -}}
{{- if hasKey $files "default.yaml" -}}
{{- fail "policies.files: default.yaml is the built-in policy; take another name, or set policies.default: None" -}}
{{- end -}}
{{- $_ := set $files "default.yaml" (include "gatehouse.defaultPolicy" .) -}}
{{- end -}}
{{- toYaml $files -}}
{{- end -}}

{{/* Whether one policy document denies anything, by the actions of each of its sections. */}}
{{- define "gatehouse.documentDenies" -}}
{{- $own := list "Deny" -}}
{{- if kindIs "slice" .validationActions -}}{{- $own = .validationActions -}}{{- end -}}
{{- $denies := false -}}
{{- $sections := list -}}
{{- range $name := list "podSecurity" "runAs" "images" -}}
{{- if hasKey $ $name -}}{{- $sections = append $sections (get $ $name) -}}{{- end -}}
{{- end -}}
{{- if kindIs "slice" .signatures -}}{{- $sections = concat $sections .signatures -}}{{- end -}}
{{- range $section := $sections -}}
{{- $actions := $own -}}
{{- if kindIs "map" $section -}}
{{- if kindIs "slice" $section.validationActions -}}{{- $actions = $section.validationActions -}}{{- end -}}
{{- end -}}
{{- if has "Deny" $actions -}}{{- $denies = true -}}{{- end -}}
{{- end -}}
{{- if and (eq (toString .unsignedImages) "Deny") (has "Deny" $own) -}}{{- $denies = true -}}{{- end -}}
{{- if $denies -}}true{{- end -}}
{{- end -}}

{{/* Whether any policy of this chart denies anything. What is in a ConfigMap of somebody else is taken to. */}}
{{- define "gatehouse.policiesDeny" -}}
{{- if .Values.policies.existingConfigMap -}}
true
{{- else -}}
{{- $denies := false -}}
{{- range $name, $text := include "gatehouse.policyFiles" . | fromYaml -}}
{{- range $index, $document := regexSplit "(?m)^---(?:[ \\t].*)?$" $text -1 -}}
{{- $policy := fromYaml $document -}}
{{- if hasKey $policy "Error" -}}
{{- fail (printf "policies.files: %s: %s" $name $policy.Error) -}}
{{- end -}}
{{- if kindIs "map" $policy.spec -}}
{{- if include "gatehouse.documentDenies" $policy.spec -}}{{- $denies = true -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if $denies -}}true{{- end -}}
{{- end -}}
{{- end -}}

{{/* What becomes of calls that fail, where no namespaces are set apart. */}}
{{- define "gatehouse.failurePolicy" -}}
{{- if .Values.webhook.failurePolicy -}}
{{- .Values.webhook.failurePolicy -}}
{{- else if include "gatehouse.policiesDeny" . -}}
Fail
{{- else -}}
Ignore
{{- end -}}
{{- end -}}
