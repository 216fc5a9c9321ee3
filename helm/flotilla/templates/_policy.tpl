{{/* Who may talk to whom. */}}

{{- define "flotilla.peer" -}}
- podSelector:
    matchLabels:
      {{- include "flotilla.selectorLabels" . | nindent 6 }}
{{- end -}}

{{- define "flotilla.policy" -}}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
{{ include "flotilla.metadata" . }}
spec:
  podSelector:
    matchLabels:
      {{- include "flotilla.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- if .callers }}
    - ports: [{port: 8080}]
      from:
        {{- range .callers }}
        {{- include "flotilla.peer" (dict "root" $.root "part" .) | nindent 8 }}
        {{- end }}
    {{- end }}
    {{- with .ingress }}
    {{- . | trim | nindent 4 }}
    {{- end }}
    - ports: [{port: 9090}]
      from:
        {{- with .root.Values.networkPolicy.metricsFrom }}
        {{- toYaml . | nindent 8 }}
        {{- else }}
        - namespaceSelector: {}
        {{- end }}
        {{- if .root.Values.tests.enabled }}
        {{- include "flotilla.peer" (dict "root" .root "part" "test") | nindent 8 }}
        {{- end }}
  egress:
    - ports: [{port: 53, protocol: UDP}, {port: 53, protocol: TCP}]
      to:
        {{- toYaml .root.Values.networkPolicy.dnsTo | nindent 8 }}
    {{- if .calls }}
    - ports: [{port: 8080}]
      to:
        {{- range .calls }}
        {{- include "flotilla.peer" (dict "root" $.root "part" .) | nindent 8 }}
        {{- end }}
    {{- end }}
    {{- range .stores }}
    {{- $store := index $.root.Values.networkPolicy . }}
    - ports: [{port: {{ $store.port }}}]
      {{- with $store.to }}
      to:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    {{- end }}
    {{- if .internet }}
    {{- with .root.Values.networkPolicy.internet }}
    - ports:
        {{- range .ports }}
        - {port: {{ . }}}
        {{- end }}
      to:
        - ipBlock:
            cidr: {{ .cidr }}
            except:
              {{- toYaml .except | nindent 14 }}
    {{- end }}
    {{- end }}
    {{- with .egress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{- define "flotilla.doorIngress" -}}
- ports: [{port: 8080}]
  {{- with .Values.networkPolicy.allowFrom }}
  from:
    {{- toYaml . | nindent 4 }}
  {{- else }}
  from: [{namespaceSelector: {}}]
  {{- end }}
{{- end -}}
