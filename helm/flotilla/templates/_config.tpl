{{/* Configuration: the files that come with the chart, and those of the values over them. */}}

{{/* Files of one folder by name, as YAML: (dict "root" . "folder" "catalog" "own" .Values.config.catalog). "" is the top. */}}
{{- define "flotilla.files" -}}
{{- $files := dict -}}
{{- $pattern := ternary "files/config/*" (printf "files/config/%s/*" .folder) (empty .folder) -}}
{{- range $path, $bytes := .root.Files.Glob $pattern -}}
{{- $_ := set $files (base $path) ($bytes | toString) -}}
{{- end -}}
{{- range $name, $content := .own -}}
{{- if $content -}}
{{- $_ := set $files $name $content -}}
{{- else -}}
{{- $_ := unset $files $name -}}
{{- end -}}
{{- end -}}
{{- toYaml $files -}}
{{- end -}}

{{/* The folders: the end of a ConfigMap's name, the folder, and the key of values. */}}
{{- define "flotilla.folders" -}}
- {suffix: config, folder: "", key: files}
- {suffix: catalog, folder: catalog, key: catalog}
- {suffix: pipelines, folder: pipelines, key: pipelines}
- {suffix: review-policies, folder: review-policies, key: reviewPolicies}
{{- end -}}

{{/* Ids of enabled providers, with commas between. */}}
{{- define "flotilla.enabledProviders" -}}
{{- $ids := list -}}
{{- range $id, $provider := .Values.providers -}}
{{- if $provider.enabled }}{{ $ids = append $ids $id }}{{ end -}}
{{- end -}}
{{- if .Values.demo.enabled -}}
{{- $ids = concat $ids (list "sim-north" "sim-south" "sim-east") -}}
{{- end -}}
{{- join "," $ids -}}
{{- end -}}

{{/* Ids of those that have a provider-service of their own, as a YAML list. */}}
{{- define "flotilla.dedicatedProviders" -}}
{{- $ids := list -}}
{{- range $id, $provider := .Values.providers -}}
{{- if and $provider.enabled $provider.dedicated }}{{ $ids = append $ids $id }}{{ end -}}
{{- end -}}
{{- toYaml $ids -}}
{{- end -}}

{{/* Ids of those that share one, with commas between; empty when there is none. */}}
{{- define "flotilla.sharedProviders" -}}
{{- $dedicated := include "flotilla.dedicatedProviders" . | fromYamlArray -}}
{{- $ids := list -}}
{{- range compact (splitList "," (include "flotilla.enabledProviders" .)) -}}
{{- if not (has . $dedicated) }}{{ $ids = append $ids . }}{{ end -}}
{{- end -}}
{{- join "," $ids -}}
{{- end -}}

{{/* The parts that call providers, as a YAML list: provider, provider-openai and so on. */}}
{{- define "flotilla.providerParts" -}}
{{- $parts := list -}}
{{- if include "flotilla.sharedProviders" . }}{{ $parts = append $parts "provider" }}{{ end -}}
{{- range include "flotilla.dedicatedProviders" . | fromYamlArray -}}
{{- $parts = append $parts (printf "provider-%s" .) -}}
{{- end -}}
{{- toYaml $parts -}}
{{- end -}}

{{/* All parts that are deployed, as a YAML list. */}}
{{- define "flotilla.parts" -}}
{{- $parts := list "router" -}}
{{- if .Values.runner.enabled }}{{ $parts = append $parts "runner" }}{{ end -}}
{{- $parts = concat $parts (include "flotilla.providerParts" . | fromYamlArray) (list "cost" "review") -}}
{{- if .Values.verifier.enabled }}{{ $parts = append $parts "verifier" }}{{ end -}}
{{- toYaml $parts -}}
{{- end -}}

{{/* The catalogue's providers by id, as YAML. */}}
{{- define "flotilla.catalogProviders" -}}
{{- $all := dict -}}
{{- range $name, $content := include "flotilla.files" (dict "root" . "folder" "catalog" "own" .Values.config.catalog) | fromYaml -}}
{{- $entry := fromYaml $content -}}
{{- if $entry.provider -}}
{{- $_ := set $all $entry.provider (dict "keyEnv" (default (list) $entry.key_env) "baseUrlEnv" (default "" $entry.base_url_env)) -}}
{{- end -}}
{{- end -}}
{{- toYaml $all -}}
{{- end -}}

{{/* Keys and places of these providers as variables, for provider-service alone: (dict "root" . "ids" (list "openai")). */}}
{{- define "flotilla.providerEnv" -}}
{{- $catalog := include "flotilla.catalogProviders" .root | fromYaml -}}
{{- $ids := .ids -}}
{{- range $id, $provider := .root.Values.providers -}}
{{- if and $provider.enabled (has $id $ids) -}}
{{- $known := index $catalog $id -}}
{{- $names := kindIs "string" $known.keyEnv | ternary (list $known.keyEnv) $known.keyEnv -}}
{{- if $provider.existingSecret -}}
{{- range $names }}
- name: {{ . }}
  valueFrom:
    secretKeyRef: {name: {{ $provider.existingSecret }}, key: {{ . }}}
{{- end -}}
{{- end -}}
{{- if $provider.baseUrl }}
- name: {{ $known.baseUrlEnv }}
  value: {{ $provider.baseUrl | quote }}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
