import { plainList } from '../../problem/list-text.ts'
import { destinationIndex } from '../../routes/destination-names.ts'
import { kindOf } from '../../routes/kinds.ts'
import { addedTo } from '../../routes/new-destination.ts'
import type { Destination } from '../../routes/rule-format.ts'
import { isOfMesh } from '../find/candidate.ts'
import { repliesIn, type Version } from '../recognize/reply.ts'
import { mayDo } from '../rights/missing-rights.ts'
import { askPods } from '../samples/ask-pods.ts'
import { contextFor, type Inputs, withInputs } from '../samples/run-context.ts'
import { type Look, lookAtGateway, type Seen } from '../samples/ways.ts'
import { decideEvidence } from './decide-evidence.ts'
import { meshInputs } from './mesh-inputs.ts'
import { type Proposal, proposal } from './proposal.ts'

/** A proposal, and what was seen of the gateway; undefined for a rule that none has. */
export type Proposed = { proposal: Proposal; seen: Seen | undefined }

/** Asks the gateway and, where replies have to tell versions apart, their Pods, and proposes the inputs of a step. */
export async function observe(look: Look, version: string): Promise<Proposed> {
  const { task, clusters, candidate, raw, samples } = look
  const isMesh = isOfMesh(candidate) && raw('endpoint') === undefined
  const seen = isMesh ? undefined : await lookAtGateway(look, task.cancelled)
  if (seen !== undefined) sayReached(look, seen)
  const mesh = isMesh
    ? await meshInputs(task, clusters, { candidate, given: raw }, task.cancelled)
    : {}
  const found: Inputs = {
    ...seen?.inputs,
    ...mesh,
    ...(seen !== undefined && seen.connect !== 'direct' && { connect: seen.connect }),
  }
  const byCounters = mesh.evidence === 'counters'
  const decided = byCounters
    ? {
        evidence: { kind: 'other' as const, inputs: {} },
        notes: [
          'The proxies of clients count what users do (docs/proxies.md). The run sends no samples.',
        ],
      }
    : await decideEvidence({
        candidate,
        given: raw,
        stamps: look.stamps,
        replies: repliesIn(seen?.outcomes ?? []),
        sampled: seen !== undefined && samples > 0,
        versions: () => versionsOf(look, version, found),
        canCount: () => canCount(look, seen),
        confirm: task.ask && ((question) => confirmed(task.ask, question)),
      })
  const share = candidate.shares[candidate.names.indexOf(version)] ?? 0
  const notes = [...decided.notes, ...notesOn(seen, found)]
  return {
    seen,
    proposal: proposal(raw, {
      candidate,
      version,
      weight:
        raw('weight') ??
        (share >= 0.2 && share < 1
          ? String(Math.min(100, Math.ceil(share * 5 + 0.001) * 20))
          : share === 1
            ? '80'
            : '20'),
      evidence: decided.evidence,
      found,
      notes,
    }),
  }
}

function sayReached({ task, samples }: Look, { located, connect, outcomes }: Seen): void {
  const { address } = located
  const [endpoint] = address?.endpoints ?? []
  const where = endpoint === undefined ? '' : `${endpoint.host}:${endpoint.port} (${address?.how})`
  const way = connect === 'direct' ? where : `by ${connect}`
  const replies = outcomes.filter(({ kind }) => kind === 'reply').length
  task.say(
    samples === 0
      ? `Gateway: ${way}. No samples were sent to it.`
      : `Gateway: ${way}. It answered ${replies} of ${outcomes.length} samples.`,
  )
}

async function confirmed(ask: Look['task']['ask'], question: string): Promise<boolean> {
  const answer = (await ask?.(`${question} [y/N] `)) ?? ''
  return /^y(?:es)?$/i.test(answer.trim())
}

/** Every destination that the rule is to have, with what its Pods answer. */
async function versionsOf(
  { task, clusters, candidate, raw, ends, samples }: Look,
  version: string,
  inputs: Inputs,
): Promise<Version[]> {
  const { rule, names, shares } = candidate
  const isAdded = destinationIndex(rule.destinations, version) === undefined
  const place = rule.format.newDestination(version) ?? { subset: version }
  const added = isAdded ? addedTo(rule, place) : undefined
  const destinations: Destination[] = [
    ...rule.destinations,
    ...(added?.ok ? [added.value.destination] : []),
  ]
  const all = isAdded ? [...names, version] : names
  const context = contextFor(
    task,
    clusters,
    withInputs(raw, { ...inputs, connect: 'direct' }),
    ends,
  )
  if (samples > 0)
    task.say(
      `Sending samples to the Pods of ${plainList(all)} by port-forward, to see what each version replies.`,
    )
  const asked = samples === 0 ? [] : await askPods(context, candidate, destinations, task.cancelled)
  return all.map((name, index) => ({
    name,
    share: shares[index] ?? 0,
    own: repliesIn(asked[index]?.outcomes ?? []),
    pods: asked[index]?.pods ?? [],
  }))
}

/** Whether the user may read the proxies of the gateway. */
async function canCount(
  { clusters: { workloads }, candidate: { object }, task }: Look,
  seen: Seen | undefined,
): Promise<boolean> {
  const namespace = seen?.located.pods?.namespace
  if (namespace === undefined || kindOf(object).kind === '') return false
  const tunnels = { namespace, group: '', resource: 'pods/portforward' }
  const pods = { namespace, group: '', resource: 'pods' }
  const [first, second] = await Promise.all([
    mayDo(workloads, tunnels, 'create', task.cancelled).catch(() => false),
    mayDo(workloads, pods, 'list', task.cancelled).catch(() => false),
  ])
  return first && second
}

function notesOn(seen: Seen | undefined, { connect }: Inputs): string[] {
  if (seen === undefined)
    return connect === 'job'
      ? [
          'Only proxies of the mesh have this rule, so Pods of a Job take the samples (docs/jobs.md). init did not create any.',
        ]
      : []
  const { inputs } = seen
  return [
    ...(connect === undefined || connect === 'direct'
      ? [
          'The gateway was reached from this machine. If the runner cannot reach it, add connect: port-forward (docs/reach.md).',
        ]
      : [
          `The gateway cannot be reached from this machine, so samples go through the API server with connect: ${connect} (docs/reach.md).`,
        ]),
    ...(inputs['probe-insecure'] === undefined
      ? []
      : [
          'NOT VERIFIED: this machine does not trust the certificate of the gateway. Set probe-ca to the certificate of its CA, and remove probe-insecure.',
        ]),
  ]
}
