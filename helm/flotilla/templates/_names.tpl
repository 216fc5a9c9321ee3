{{/* Names and labels. Selectors are only name, instance and component: they can never change. */}}

{{- define "flotilla.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* 43, because a StatefulSet's pods have a label with its name and 11 more characters, which must fit in 63; its own ends with -provider. */}}
{{- define "flotilla.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 43 | trimSuffix "-" -}}
{{- else if contains (include "flotilla.name" .) .Release.Name -}}
{{- .Release.Name | trunc 43 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "flotilla.name" .) | trunc 43 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "flotilla.instanceLabels" -}}
app.kubernetes.io/name: {{ include "flotilla.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* Of one part: (dict "root" . "part" "router"). */}}
{{- define "flotilla.selectorLabels" -}}
{{ include "flotilla.instanceLabels" .root }}
app.kubernetes.io/component: {{ .part }}
{{- end -}}

{{- define "flotilla.labels" -}}
{{ include "flotilla.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: {{ include "flotilla.name" .root }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The metadata of a thing of a part; "suffix" is what its name ends with, the part when there is none. */}}
{{- define "flotilla.metadata" -}}
metadata:
  name: {{ include "flotilla.fullname" .root }}-{{ default .part .suffix }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "flotilla.labels" . | nindent 4 }}
  {{- with merge (dict) (default (dict) .annotations) .root.Values.commonAnnotations }}
  annotations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- define "flotilla.serviceAccountName" -}}
{{- if .Values.serviceAccount.name -}}
{{ .Values.serviceAccount.name }}
{{- else if .Values.serviceAccount.create -}}
{{ include "flotilla.fullname" . }}
{{- else -}}
default
{{- end -}}
{{- end -}}

{{/* What a part is set to: its own words over the defaults; "of" is the part whose words they are, when it is one of several. As YAML. */}}
{{- define "flotilla.workload" -}}
{{- toYaml (mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy (index .root.Values (default .part .of))) (default (dict) .more)) -}}
{{- end -}}

{{/* How many pods share limits while Redis is away. */}}
{{- define "flotilla.replicas" -}}
{{- $w := include "flotilla.workload" . | fromYaml -}}
{{- if $w.autoscaling.enabled }}{{ int $w.autoscaling.minReplicas }}{{ else }}{{ int $w.replicaCount }}{{ end -}}
{{- end -}}
