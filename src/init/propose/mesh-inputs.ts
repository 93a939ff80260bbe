import { type JsonObject, labelsAt, objectsAt, textAt } from '../../kube/json.ts'
import { coreResource, readList } from '../../kube/resources.ts'
import { inputProblem } from '../../problem/problem.ts'
import type { Clusters } from '../../rollout/model/context.ts'
import type { Candidate } from '../find/candidate.ts'
import { choose } from '../find/choose.ts'
import { endFor, type InitTask } from '../init-task.ts'
import { mayDo } from '../rights/missing-rights.ts'
import type { Inputs } from '../samples/run-context.ts'

type Given = (name: string) => string | undefined

/** The way to observe a rule that only proxies of the mesh have: Pods of a Job where they may be created, else counters of clients. */
export async function meshInputs(
  task: InitTask,
  clusters: Clusters,
  { candidate, given }: { candidate: Candidate; given: Given },
  signal: AbortSignal,
): Promise<Inputs> {
  if (['connect', 'endpoint', 'evidence'].some((name) => given(name) !== undefined)) return {}
  const namespace = given('job-namespace') ?? candidate.object.namespace
  const jobs = { namespace, group: 'batch', resource: 'jobs' }
  const asksForClients = given('client-pods') !== undefined
  if (
    !asksForClients &&
    (await mayDo(clusters.workloads, jobs, 'create', signal).catch(() => true))
  )
    return { connect: 'job' }
  const inputs = { evidence: 'counters', traffic: 'users' }
  if (asksForClients) return inputs
  const found = await clientsIn(clusters, namespace, candidate, signal)
  if (found.length === 0)
    throw endFor([
      inputProblem(
        'client-pods',
        'ITS-INPUT-REQUIRED',
        `Sidecars of clients split the traffic of ${candidate.object.namespace}/${candidate.object.name}, and no Pod with a sidecar was found in namespace ${namespace}.`,
        'Name the clients with --client-pods NAMESPACE/LABEL=VALUE. Or use a user who may create Jobs, for --connect job.',
      ),
    ])
  const words = `${candidate.object.kind}/${candidate.object.name} -n ${candidate.object.namespace} --client-pods`
  const clients = await choose(
    task,
    'clients',
    found.map((value) => ({ value, text: value, words: `${words} ${value}` })),
  )
  return { ...inputs, 'client-pods': clients }
}

const LABELS = ['app', 'app.kubernetes.io/name']

/** Labels of Pods that have a sidecar and are not behind the rule, as `namespace/app=name`. */
async function clientsIn(
  { workloads }: Clusters,
  namespace: string,
  { rule, object }: Candidate,
  signal: AbortSignal,
): Promise<string[]> {
  const read = await readList(workloads, coreResource('pods', namespace), signal)
  if (read.kind !== 'found') return []
  const own = rule.destinations.map(
    (one) => rule.format.serviceOf(one, object.namespace)?.name ?? '',
  )
  const found = read.value.filter(hasSidecar).flatMap((pod) => {
    const labels = labelsAt(pod, 'metadata', 'labels')
    const label = LABELS.find((name) => labels[name] !== undefined)
    const value = label === undefined ? undefined : labels[label]
    const isBehind = own.some((name) => name === value || name.startsWith(`${value}-`))
    return value === undefined || isBehind ? [] : [`${namespace}/${label}=${value}`]
  })
  return [...new Set(found)]
}

function hasSidecar(pod: JsonObject): boolean {
  const containers = ['containers', 'initContainers'].flatMap((list) =>
    objectsAt(pod, 'spec', list),
  )
  return containers.some((one) => textAt(one, 'name') === 'istio-proxy')
}
