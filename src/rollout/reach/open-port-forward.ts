import type { FoundGateway } from '../../gateways/gateway-search.ts'
import { namedPorts } from '../../gateways/service-ports.ts'
import { ApiError } from '../../kube/api-error.ts'
import { findingFor } from '../../kube/api-problem.ts'
import { listenLocally } from '../../kube/forward/listen-locally.ts'
import {
  type ForwardedPod,
  type PodsInTurn,
  startPodsInTurn,
} from '../../kube/forward/pods-in-turn.ts'
import { type JsonObject, objectsAt, textAt } from '../../kube/json.ts'
import { kubectl } from '../../kube/kubectl.ts'
import { coreResource, grantingRule, readList } from '../../kube/resources.ts'
import { openTunnel } from '../../kube/tunnel/open-tunnel.ts'
import { plainList } from '../../problem/list-text.ts'
import { type Problem, problem, warning } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'
import type { Context } from '../model/context.ts'
import type { Reach } from './reach.ts'

/** The Pods of the gateway, and the port of the server that the run connects to. */
type Destination = Required<Pick<FoundGateway, 'pods' | 'arrival'>>

/** Opens a way to the ready Pods of the gateway in turn, by port-forwards. */
export async function openPortForward(
  context: Context,
  { pods, arrival }: Destination,
  signal: AbortSignal,
): Promise<Reach | { finding: Problem }> {
  const { workloads, nowMs } = context
  if (pods === undefined || arrival === undefined)
    throw new RangeError('a port-forward without Pods')
  const readPods = (signal: AbortSignal) => readyPods(context, { pods, arrival }, signal)
  try {
    const inTurn = await startPodsInTurn(
      { readPods, openTunnel: (pod, signal) => openTunnel(workloads, pod, signal), nowMs },
      signal,
    )
    context.atEnd(inTurn.close)
    const [first] = inTurn.pods()
    if (first === undefined) return { finding: noPod(context, pods) }
    const listener = await listenLocally(inTurn.connect)
    context.atEnd(listener.close)
    const { host, port } = listener
    return {
      address: { endpoints: [{ host, port }], how: howText(inTurn) },
      manualCommand: (direct) =>
        `${kubectl(workloads, first.namespace)} port-forward pod/${first.name} ${port}:${first.port} &\n  ${direct}`,
      findings: notUsed(inTurn),
      broken: inTurn.broken,
      signal: inTurn.signal,
    }
  } catch (error) {
    if (signal.aborted) throw error
    if (error instanceof RunError)
      return { finding: problem(error.code, error.message, error.remedy) }
    if (!(error instanceof ApiError)) throw error
    return { finding: notOpened(error, pods.namespace) }
  }
}

/** The ready Pods of the gateway. Throws a RunError where they may not be listed. */
async function readyPods(
  { workloads }: Pick<Context, 'workloads'>,
  { pods, arrival }: Destination,
  signal: AbortSignal,
): Promise<ForwardedPod[]> {
  const resource = { ...coreResource('pods', pods?.namespace), labels: pods?.labels ?? {} }
  const read = await readList(workloads, resource, signal)
  if (read.kind === 'denied')
    throw new RunError(
      'ITS-FORBIDDEN',
      'Listing the Pods of the gateway is not allowed, and connect: port-forward needs them.',
      grantingRule(resource),
    )
  const found = read.kind === 'found' ? read.value.filter(isReady) : []
  return found
    .map((pod) => ({
      namespace: textAt(pod, 'metadata', 'namespace') ?? '',
      name: textAt(pod, 'metadata', 'name') ?? '',
      uid: textAt(pod, 'metadata', 'uid') ?? '',
      port: pods?.targetPort(arrival?.port ?? 0, namedPorts([pod])) ?? 0,
    }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

function isReady(pod: JsonObject): boolean {
  return (
    textAt(pod, 'metadata', 'deletionTimestamp') === undefined &&
    textAt(pod, 'status', 'phase') === 'Running' &&
    objectsAt(pod, 'status', 'conditions').some(
      (one) => textAt(one, 'type') === 'Ready' && textAt(one, 'status') === 'True',
    )
  )
}

/** Pods that are named one by one. */
const MOST_NAMED = 5

function howText(inTurn: PodsInTurn): string {
  const pods = inTurn.pods()
  const names = pods.slice(0, MOST_NAMED).map(({ namespace, name }) => `${namespace}/${name}`)
  const rest = pods.length - names.length
  const all = plainList(rest === 0 ? names : [...names, `${rest} more`])
  return `port-forward to port ${pods[0]?.port} of ${pods.length === 1 ? 'Pod' : 'the Pods'} ${all}`
}

function noPod({ workloads }: Context, { namespace, labels }: NonNullable<Destination['pods']>) {
  const selector = Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')
  return problem(
    'ITS-NO-GATEWAY-POD',
    `No Pod of the gateway is ready in namespace ${namespace} (${selector}), so there is none to connect to.`,
    `Look at the Pods:\n  ${kubectl(workloads, namespace)} get pods --selector '${selector}'`,
  )
}

function notOpened(error: ApiError, namespace: string): Problem {
  if (error.status === 403)
    return problem(
      'ITS-FORBIDDEN',
      `A port-forward to the Pods of the gateway is not allowed: ${error.message.replace(/\.$/, '')}.`,
      grantingRule(coreResource('pods/portforward', namespace), 'create'),
    )
  const { what, remedy } = findingFor(error, 'opening a port-forward to a Pod of the gateway')
  return problem('ITS-POD-NOT-REACHED', what, remedy)
}

function notUsed({ leftOut, pods }: PodsInTurn): Problem[] {
  if (leftOut.length === 0) return []
  return [
    warning(
      'ITS-POD-NOT-USED',
      `${leftOut.length} of ${leftOut.length + pods().length} Pods of the gateway cannot be reached by port-forward and ${leftOut.length === 1 ? 'is' : 'are'} not used: ${leftOut.join('; ')}.`,
      'The split there is not checked. Look at the nodes of these Pods.',
    ),
  ]
}
