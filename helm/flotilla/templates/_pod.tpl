{{/*
A pod of ours, the same for all parts: (dict "root" . "part" "router" "program" "router-service" "env" … "mounts" … "volumes" …).
env, mounts and volumes are YAML lists, what this part has beyond the others; spec and security are more words for the pod and for its
container's securityContext.
*/}}
{{- define "flotilla.pod" -}}
{{- $root := .root -}}
{{- $w := include "flotilla.workload" . | fromYaml -}}
metadata:
  labels:
    {{- include "flotilla.labels" . | nindent 4 }}
    {{- with $w.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # A pod does not notice that its configuration changed, but for pipelines; a new one does.
    checksum/config: {{ include (print $root.Template.BasePath "/config.yaml") $root | sha256sum }}
    {{- with merge (dict) $w.podAnnotations $root.Values.commonAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "flotilla.serviceAccountName" $root }}
  automountServiceAccountToken: false
  # Kubernetes' own variables would be FLOTILLA_…, which is how ours begin.
  enableServiceLinks: false
  {{- with $root.Values.image.pullSecrets }}
  imagePullSecrets:
    {{- range . }}
    - name: {{ . }}
    {{- end }}
  {{- end }}
  {{- with .spec }}
  {{- . | trim | nindent 2 }}
  {{- end }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 10001
    runAsGroup: 10001
    fsGroup: 10001
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  terminationGracePeriodSeconds: {{ $w.terminationGracePeriodSeconds }}
  {{- with $w.priorityClassName }}
  priorityClassName: {{ . }}
  {{- end }}
  {{- with $w.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  affinity:
    {{- if $w.affinity }}
    {{- toYaml $w.affinity | nindent 4 }}
    {{- else }}
    podAntiAffinity:
      preferredDuringSchedulingIgnoredDuringExecution:
        - weight: 100
          podAffinityTerm:
            topologyKey: kubernetes.io/hostname
            labelSelector:
              matchLabels:
                {{- include "flotilla.selectorLabels" . | nindent 16 }}
    {{- end }}
  {{- with $w.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  topologySpreadConstraints:
    {{- if $w.topologySpreadConstraints }}
    {{- toYaml $w.topologySpreadConstraints | nindent 4 }}
    {{- else }}
    {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
    - maxSkew: 1
      topologyKey: {{ . }}
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "flotilla.selectorLabels" $ | nindent 10 }}
    {{- end }}
    {{- end }}
  containers:
    - name: {{ default .part .of }}
      image: {{ $root.Values.image.registry }}/{{ .program }}
        {{- if $w.image.digest }}@{{ $w.image.digest }}{{ else }}:{{ default $root.Chart.AppVersion $root.Values.image.tag }}{{ end }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop: [ALL]
        {{- with .security }}
        {{- . | trim | nindent 8 }}
        {{- end }}
      ports:
        - {name: http, containerPort: 8080}
        - {name: ops, containerPort: 9090}
      envFrom:
        - configMapRef:
            name: {{ include "flotilla.fullname" $root }}-environment
        {{- with $w.extraEnvFrom }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      env:
        - name: JAVA_TOOL_OPTIONS
          value: {{ printf "-XX:MaxRAMPercentage=50 -XX:+UseSerialGC -XX:+ExitOnOutOfMemoryError -XX:TrimNativeHeapInterval=30000 %s" $w.javaOpts | trim | quote }}
        # What is left of the grace period after the sleep, the notice and what a part does last is for requests and streams.
        - name: FLOTILLA_DEPARTURE_NOTICE
          value: PT5S
        - name: FLOTILLA_DEPARTURE_GRACE
          value: {{ printf "PT%sS" (include "flotilla.drainSeconds" .) }}
        - name: FLOTILLA_SERVICE_TOKEN
          valueFrom:
            secretKeyRef: {name: {{ $root.Values.secrets.existingSecret }}, key: {{ $root.Values.secrets.serviceTokenKey }}}
        {{- with .env }}
        {{- . | trim | nindent 8 }}
        {{- end }}
        {{- with $w.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      resources:
        {{- toYaml $w.resources | nindent 8 }}
      # Started: its configuration is read. Alive: the process itself is well. Ready: what it cannot work without is there.
      startupProbe:
        httpGet: {path: /health/started, port: ops}
        {{- toYaml $w.startupProbe | nindent 8 }}
      livenessProbe:
        httpGet: {path: /health/live, port: ops}
        {{- toYaml $w.livenessProbe | nindent 8 }}
      readinessProbe:
        httpGet: {path: /health/ready, port: ops}
        {{- toYaml $w.readinessProbe | nindent 8 }}
      lifecycle:
        preStop:
          sleep:
            seconds: {{ $w.preStopSleepSeconds }}
      volumeMounts:
        - {name: config, mountPath: /etc/flotilla/config, readOnly: true}
        - {name: tmp, mountPath: /tmp}
        {{- with .mounts }}
        {{- . | trim | nindent 8 }}
        {{- end }}
        {{- with $w.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - name: config
      projected:
        sources:
          {{- range include "flotilla.folders" $root | fromYamlArray }}
          {{- $folder := .folder }}
          - configMap:
              name: {{ include "flotilla.fullname" $root }}-{{ .suffix }}
              items:
                {{- range $name, $_ := include "flotilla.files" (dict "root" $root "folder" .folder "own" (index $root.Values.config .key)) | fromYaml }}
                - {key: {{ $name }}, path: {{ ternary $name (printf "%s/%s" $folder $name) (empty $folder) }}}
                {{- end }}
          {{- end }}
    - name: tmp
      emptyDir: {sizeLimit: 64Mi}
    {{- with .volumes }}
    {{- . | trim | nindent 4 }}
    {{- end }}
    {{- with $w.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

{{/*
How long a part that leaves waits for requests and streams. It sleeps before, gives 5 s of notice, and needs some seconds after them:
docs/reference/deploy.md says for what.
*/}}
{{- define "flotilla.drainSeconds" -}}
{{- $w := include "flotilla.workload" . | fromYaml -}}
{{- $last := get (dict "router" 10 "runner" 50 "provider" 20 "cost" 5 "review" 15) .part -}}
{{- sub (int $w.terminationGracePeriodSeconds) (add (int $w.preStopSleepSeconds) 5 (int $last)) -}}
{{- end -}}

{{/* What a password and an address of a store look like as variables. */}}
{{- define "flotilla.postgresEnv" -}}
{{- with .Values.postgres.existingSecret }}
- name: FLOTILLA_POSTGRES_PASSWORD
  valueFrom:
    secretKeyRef: {name: {{ . }}, key: {{ $.Values.postgres.passwordKey }}}
{{- end -}}
{{- end -}}

{{- define "flotilla.redisEnv" -}}
{{- if .Values.redis.existingSecret }}
- name: FLOTILLA_REDIS_URL
  valueFrom:
    secretKeyRef: {name: {{ .Values.redis.existingSecret }}, key: {{ .Values.redis.urlKey }}}
{{- else }}
- name: FLOTILLA_REDIS_URL
  value: {{ .Values.redis.url | quote }}
{{- end -}}
{{- end -}}

{{/* What stands beside a part's pods: its Services, PDB and HPA. "kind" is what the HPA scales. */}}
{{- define "flotilla.beside" -}}
{{- $w := include "flotilla.workload" . | fromYaml -}}
apiVersion: v1
kind: Service
{{ include "flotilla.metadata" (merge (dict "annotations" $w.service.annotations) .) }}
spec:
  type: ClusterIP
  selector:
    {{- include "flotilla.selectorLabels" . | nindent 4 }}
  ports:
    - {name: http, port: 80, targetPort: http}
---
# Health and metrics have an address of their own, so that no route to callers' can lead to them. Pods that are not ready are asked, too.
apiVersion: v1
kind: Service
{{ include "flotilla.metadata" (merge (dict "suffix" (printf "%s-ops" .part)) .) }}
spec:
  type: ClusterIP
  clusterIP: None
  publishNotReadyAddresses: true
  selector:
    {{- include "flotilla.selectorLabels" . | nindent 4 }}
  ports:
    - {name: ops, port: 9090, targetPort: ops}
{{- if $w.podDisruptionBudget.enabled }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
{{ include "flotilla.metadata" . }}
spec:
  maxUnavailable: {{ $w.podDisruptionBudget.maxUnavailable }}
  # A pod that is not ready serves nobody; it does not keep a node from being emptied.
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels:
      {{- include "flotilla.selectorLabels" . | nindent 6 }}
{{- end }}
{{- if $w.autoscaling.enabled }}
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
{{ include "flotilla.metadata" . }}
spec:
  scaleTargetRef:
    apiVersion: apps/v1
    kind: {{ default "Deployment" .kind }}
    name: {{ include "flotilla.fullname" .root }}-{{ .part }}
  minReplicas: {{ $w.autoscaling.minReplicas }}
  maxReplicas: {{ $w.autoscaling.maxReplicas }}
  behavior:
    scaleDown:
      stabilizationWindowSeconds: {{ $w.autoscaling.scaleDownStabilizationSeconds }}
  metrics:
    {{- if $w.autoscaling.metrics }}
    {{- toYaml $w.autoscaling.metrics | nindent 4 }}
    {{- else }}
    - type: Resource
      resource:
        name: cpu
        target:
          type: Utilization
          averageUtilization: {{ $w.autoscaling.targetCPUUtilizationPercentage }}
    {{- end }}
{{- end }}
{{- end -}}

{{/* Where kube-score has another opinion: tags are versions that never change, so an image that is there need not be asked for again. */}}
{{- define "flotilla.onPurpose" -}}
{{- if ne .Values.image.pullPolicy "Always" -}}
kube-score/ignore: container-image-pull-policy
{{- end -}}
{{- end -}}

{{/* A part that keeps nothing of its own. */}}
{{- define "flotilla.deployment" -}}
{{- $w := include "flotilla.workload" . | fromYaml -}}
apiVersion: apps/v1
kind: Deployment
{{ include "flotilla.metadata" (merge (dict "annotations" (include "flotilla.onPurpose" .root | fromYaml)) .) }}
spec:
  {{- if not $w.autoscaling.enabled }}
  replicas: {{ $w.replicaCount }}
  {{- end }}
  strategy:
    rollingUpdate: {maxUnavailable: 0, maxSurge: 1}
  selector:
    matchLabels:
      {{- include "flotilla.selectorLabels" . | nindent 6 }}
  template:
    {{- include "flotilla.pod" . | nindent 4 }}
---
{{ include "flotilla.beside" . }}
{{- end -}}
