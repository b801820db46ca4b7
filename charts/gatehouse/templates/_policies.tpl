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
{{- $files := deepCopy (default dict .Values.policies.files) -}}
{{- if ne .Values.policies.default "None" -}}
{{- if hasKey $files "default.yaml" -}}
{{- fail "policies.files: default.yaml is the built-in policy; take another name, or set policies.default: None" -}}
{{- end -}}
{{- $_ := set $files "default.yaml" (include "gatehouse.defaultPolicy" .) -}}
{{- end -}}
{{- toYaml $files -}}
{{- end -}}

{{/* Whether a list of actions only tells: Warn and Audit, and nothing else. */}}
{{- define "gatehouse.onlyTells" -}}
{{- if and (kindIs "slice" .) . -}}
{{- if not (without . "Warn" "Audit") -}}true{{- end -}}
{{- end -}}
{{- end -}}

{{/*
Whether the spec of one policy denies anything, by the actions of each of its sections. Whatever is not known to only tell
denies, a section that this chart has never heard of, too.
*/}}
{{- define "gatehouse.specDenies" -}}
{{- $own := include "gatehouse.onlyTells" .validationActions -}}
{{- $denies := and (not (has (toString .unsignedImages) (list "<nil>" "Allow" "Warn"))) (not $own) -}}
{{- range $name, $value := omit . "validationActions" "workloads" "match" "unsignedImages" "onRegistryUnavailable" "exemptions" -}}
{{- range $section := ternary $value (list $value) (kindIs "slice" $value) -}}
{{- $tells := $own -}}
{{- if kindIs "map" $section -}}
{{- if hasKey $section "validationActions" -}}{{- $tells = include "gatehouse.onlyTells" $section.validationActions -}}{{- end -}}
{{- end -}}
{{- if not $tells -}}{{- $denies = true -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- if $denies -}}true{{- end -}}
{{- end -}}

{{/*
Whether any policy denies anything. What this chart does not see, in a ConfigMap of somebody else or named by a flag, is
taken to; so is what fromYaml would read otherwise than the server, which takes no key twice, no merge key, and a lone carriage
return for the end of a line. A file is cut into documents where the server cuts it: fromYaml would read the first of
them and be silent about the rest.
*/}}
{{- define "gatehouse.policiesDeny" -}}
{{- if or .Values.policies.existingConfigMap (regexMatch "(?m)^--policy=" (join "\n" (default list .Values.extraArgs))) -}}
true
{{- else -}}
{{- $denies := false -}}
{{- range $name, $text := include "gatehouse.policyFiles" . | fromYaml -}}
{{- range $document := regexSplit "(?m)^(?:---|[.]{3})(?:\\s|$)" ($text | trimPrefix "\ufeff") -1 -}}
{{- /* More than comments and directives. */ -}}
{{- if regexMatch "(?m)^(?:[^#%\\s]|[ \\t]+[^#\\s])" $document -}}
{{- $policy := fromYaml $document -}}
{{- if hasKey $policy "Error" -}}
{{- fail (printf "policies.files: %s: %s" $name $policy.Error) -}}
{{- end -}}
{{- if not (kindIs "map" $policy.spec) -}}
{{- $denies = true -}}
{{- else if or (regexMatch "\r[^\n]" $document) (contains "<<" $document) -}}
{{- $denies = true -}}
{{- else if include "gatehouse.specDenies" $policy.spec -}}
{{- $denies = true -}}
{{- end -}}
{{- $written := regexReplaceAll "(?m)(?:^|[ \t])#.*$" $document "" -}}
{{- range $key := list "spec" "validationActions" -}}
{{- if gt (len (regexFindAll (printf `\b%s["']?[ \t]*:` $key) $written -1)) (len (regexFindAll (printf `\b%s:` $key) (toYaml $policy) -1)) -}}
{{- $denies = true -}}
{{- end -}}
{{- end -}}
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
