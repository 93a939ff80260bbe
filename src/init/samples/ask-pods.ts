import type { ConnectionOutcome } from '../../evidence/probe/connection-outcome.ts'
import { probeFor } from '../../evidence/probe/probe-for.ts'
import { type ProbeSettings, probeOf } from '../../evidence/probe/probes.ts'
import { namedPorts, portTo, tcpPorts } from '../../gateways/service-ports.ts'
import { ApiError } from '../../kube/api-error.ts'
import { listenLocally } from '../../kube/forward/listen-locally.ts'
import { startPodsInTurn } from '../../kube/forward/pods-in-turn.ts'
import { type JsonObject, labelsAt, objectsAt, textAt } from '../../kube/json.ts'
import { coreResource, readList, readObject } from '../../kube/resources.ts'
import { openTunnel } from '../../kube/tunnel/open-tunnel.ts'
import { RunError } from '../../problem/run-error.ts'
import type { Context } from '../../rollout/model/context.ts'
import { kindOf } from '../../routes/kinds.ts'
import type { Destination } from '../../routes/rule-format.ts'
import type { Candidate } from '../find/candidate.ts'
import { takeReplies } from './take-replies.ts'

/** As many tell what all replies of a version have in common from what differs between them. */
const SAMPLES = 4

/** The replies of Pods of one destination, and what names each Pod; undefined where they cannot be asked. */
export type Asked =
  | { outcomes: readonly ConnectionOutcome[]; pods: readonly (readonly string[])[] }
  | undefined

/**
 * Asks Pods of each destination directly, by a port-forward, so that it is certain which version a reply comes from. Where
 * that is not allowed or not possible, there are no replies.
 */
export function askPods(
  context: Context,
  candidate: Candidate,
  destinations: readonly Destination[],
  signal: AbortSignal,
): Promise<Asked[]> {
  return Promise.all(
    destinations.map((destination) =>
      askOne(context, candidate, destination, signal).catch((error: unknown) => {
        if (error instanceof ApiError || error instanceof RunError) return undefined
        throw error
      }),
    ),
  )
}

async function askOne(
  context: Context,
  candidate: Candidate,
  destination: Destination,
  signal: AbortSignal,
): Promise<Asked> {
  const settings = settingsAt(context, candidate)
  const pods = await podsOf(context, candidate, destination, signal)
  if (settings === undefined || pods.length === 0) return undefined
  const { workloads, nowMs } = context
  const inTurn = await startPodsInTurn(
    {
      readPods: async () => pods,
      openTunnel: (pod, signal) => openTunnel(workloads, pod, signal),
      nowMs,
    },
    signal,
  )
  context.atEnd(inTurn.close)
  const { host, port, close } = await listenLocally(inTurn.connect)
  context.atEnd(close)
  const address = { endpoints: [{ host, port }] as const, how: 'port-forward' }
  const outcomes = await takeReplies(
    context,
    { probe: probeOf(settings), address },
    SAMPLES,
    signal,
  )
  return outcomes.length === 0 ? undefined : { outcomes, pods: pods.map(({ named }) => named) }
}

/** As the gateway asks the Pods: TLS that it terminates has ended there. */
function settingsAt({ options }: Context, { rule, object }: Candidate): ProbeSettings | undefined {
  const { probe } = options
  const isOwnTls = rule.protocol === 'tls'
  const inputs = isOwnTls
    ? probe
    : { ...probe, tls: false as const, insecure: false, pem: {}, given: [] }
  const [name = object.name] = rule.hosts ?? []
  const hosts = [name.replace(/^\*\.?/, '') || object.name]
  const settings = probeFor(inputs, { protocol: rule.protocol, tls: 'none', hosts })
  return settings.ok ? settings.value : undefined
}

/** The most Pods of one version that are asked. */
const MOST_PODS = 3

async function podsOf(
  { api, workloads }: Context,
  { rule, object, apiVersion }: Candidate,
  destination: Destination,
  signal: AbortSignal,
) {
  const { namespace } = object
  const service = rule.format.serviceOf(destination, namespace)
  if (service === undefined) return []
  const search = { api, workloads, apiVersion, namespace }
  const [read, backends] = await Promise.all([
    readObject(workloads, coreResource('services', service.namespace, service.name), signal),
    kindOf(object).readBackends(search, [destination], signal),
  ])
  const own = backends.labels(destination)
  if (read.kind !== 'found' || own === undefined) return []
  const labels = { ...labelsAt(read.value, 'spec', 'selector'), ...own }
  if (Object.keys(labels).length === 0) return []
  const listed = await readList(
    workloads,
    { ...coreResource('pods', service.namespace), labels },
    signal,
  )
  if (listed.kind !== 'found') return []
  return listed.value
    .filter(isReady)
    .slice(0, MOST_PODS)
    .flatMap((pod) => {
      const port = portOf(read.value, pod, destination.port)
      return port === undefined
        ? []
        : [
            {
              namespace: service.namespace,
              name: textAt(pod, 'metadata', 'name') ?? '',
              uid: textAt(pod, 'metadata', 'uid') ?? '',
              port,
              named: namesOf(pod),
            },
          ]
    })
}

/** What a reply may have that is of this Pod, and not of its version. */
function namesOf(pod: JsonObject): string[] {
  const places = [
    ['metadata', 'name'],
    ['status', 'podIP'],
    ['status', 'hostIP'],
    ['spec', 'nodeName'],
  ]
  return places.flatMap((place) => textAt(pod, ...place) ?? [])
}

function portOf(
  service: JsonObject,
  pod: JsonObject,
  asked: number | undefined,
): number | undefined {
  const ports = tcpPorts(service)
  const named = namedPorts([pod])
  const number = asked ?? ports[0]?.port
  const target = number === undefined ? undefined : portTo(ports, number, named)?.target
  return typeof target === 'string' ? named.get(target) : target
}

function isReady(pod: JsonObject): boolean {
  return (
    textAt(pod, 'metadata', 'deletionTimestamp') === undefined &&
    objectsAt(pod, 'status', 'conditions').some(
      (one) => textAt(one, 'type') === 'Ready' && textAt(one, 'status') === 'True',
    )
  )
}
