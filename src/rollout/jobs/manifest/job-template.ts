import { withDollarsDoubled } from '../../../evidence/jobs/dollars.ts'
import { isObject, type Json, type JsonObject } from '../../../kube/json.ts'
import { type PodTemplate, PROBER } from '../../../options/parse/pod-template.ts'
import { NEVER_READY } from './job-labels.ts'

/** What the sidecar injector of Istio does with the Pods. */
export type Injection = {
  /** Undefined: no label says it, as in ambient namespaces. */
  inject: boolean | undefined
  /** The revision of Istio that injects. */
  revision: string | undefined
}

/** What the run sets for its Pods. */
export type PodOrder = {
  image: string
  command: readonly string[]
  args: readonly string[]
  labels: Readonly<Record<string, string>>
  annotations: Readonly<Record<string, string>>
  injection: Injection
  /** Whether the program starts a command for each sample. */
  startsCommands: boolean
  /** The Secret with what the Pods must keep for themselves. */
  secret: { name: string; mountPath: string } | undefined
}

const INJECT = 'sidecar.istio.io/inject'
const REVISION = 'istio.io/rev'
const SECRET_VOLUME = 'probe-secrets'
/** Longer than Pods need that end at once. */
const GRACE_SECONDS = 5

/** What holds unless job-template says something else. */
const DEFAULT_SPEC: JsonObject = {
  automountServiceAccountToken: false,
  enableServiceLinks: false,
  securityContext: {
    runAsNonRoot: true,
    runAsUser: 1000,
    seccompProfile: { type: 'RuntimeDefault' },
  },
}
const DEFAULT_CONTAINER: JsonObject = {
  resources: { requests: { cpu: '100m', memory: '128Mi' } },
}
const OWN_SECURITY: JsonObject = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
}

/** Lets the pause container reap what commands leave running, which Node.js as the first process would not. */
const FOR_COMMANDS: JsonObject = { shareProcessNamespace: true }

/** The Pod template of a Job: what the run sets lies over job-template, and that over the defaults. */
export function podTemplate(template: PodTemplate, order: PodOrder): JsonObject {
  const { labels = {}, annotations = {}, spec = {}, container = {} } = template
  return {
    metadata: {
      labels: { ...injectionLabels(order.injection, labels), ...labels, ...order.labels },
      annotations: { ...annotations, ...order.annotations },
    },
    spec: {
      ...merged({ ...DEFAULT_SPEC, ...(order.startsCommands && FOR_COMMANDS) }, spec),
      ...volumes(spec, order),
      restartPolicy: 'Never',
      readinessGates: [{ conditionType: NEVER_READY }],
      terminationGracePeriodSeconds: GRACE_SECONDS,
      containers: [containerOf(container, order)],
    },
  }
}

/** The labels that the Pods have for selectors of Services and of rules of the mesh. */
export function labelsOfPods(
  template: PodTemplate,
  order: Pick<PodOrder, 'labels' | 'injection'>,
): Record<string, string> {
  const { labels = {} } = template
  return { ...injectionLabels(order.injection, labels), ...labels, ...order.labels }
}

function injectionLabels(
  { inject, revision }: Injection,
  labels: Readonly<Record<string, string>>,
): Record<string, string> {
  if (inject === undefined) return {}
  const needsRevision = inject && revision !== undefined && labels[REVISION] === undefined
  return { [INJECT]: String(inject), ...(needsRevision && { [REVISION]: revision }) }
}

function volumes(spec: JsonObject, { secret }: PodOrder): JsonObject {
  const given = Array.isArray(spec.volumes) ? spec.volumes : []
  if (secret === undefined) return {}
  return { volumes: [...given, { name: SECRET_VOLUME, secret: { secretName: secret.name } }] }
}

function containerOf(container: JsonObject, order: PodOrder): JsonObject {
  const { image, command, args, secret } = order
  const given = Array.isArray(container.volumeMounts) ? container.volumeMounts : []
  const mount = secret && { name: SECRET_VOLUME, mountPath: secret.mountPath, readOnly: true }
  return {
    ...merged(DEFAULT_CONTAINER, container),
    ...(mount && { volumeMounts: [...given, mount] }),
    name: PROBER,
    image,
    command: [...command],
    args: args.map(withDollarsDoubled),
    securityContext: merged(
      isObject(container.securityContext) ? container.securityContext : {},
      OWN_SECURITY,
    ),
  }
}

/** The one with the other over it, as a JSON Merge Patch: null removes a field (RFC 7396). */
function merged(under: JsonObject, over: JsonObject): JsonObject {
  const result: JsonObject = { ...under }
  for (const [key, value] of Object.entries(over)) {
    const below: Json | undefined = result[key]
    if (value === null) delete result[key]
    else if (isObject(value)) result[key] = merged(isObject(below) ? below : {}, value)
    else result[key] = value
  }
  return result
}
