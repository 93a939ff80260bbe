import type { ConnectionOutcome } from '../../evidence/probe/connection-outcome.ts'
import type { Probe } from '../../evidence/probe/probe.ts'
import { probeOf } from '../../evidence/probe/probes.ts'
import type { FoundAddress, FoundGateway } from '../../gateways/gateway-search.ts'
import type { ConnectName } from '../../options/groups/probe.ts'
import type { RawOptions } from '../../options/reader.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import { RunError } from '../../problem/run-error.ts'
import type { Clusters, Context } from '../../rollout/model/context.ts'
import { locateGateway } from '../../rollout/preflight/open-gateway.ts'
import { requestAt, settingsFor } from '../../rollout/preflight/request/request-of.ts'
import { openPortForward } from '../../rollout/reach/open-port-forward.ts'
import { openServiceProxyReach } from '../../rollout/reach/open-service-proxy.ts'
import type { Candidate } from '../find/candidate.ts'
import { endFor, InitEnd, type InitTask } from '../init-task.ts'
import { contextFor, type Inputs, withInputs } from './run-context.ts'
import { takeReplies } from './take-replies.ts'
import { hasReply, variantsOf } from './variants.ts'

/** How the gateway was reached, and what it replied. */
export type Seen = {
  located: FoundGateway
  connect: ConnectName
  /** Inputs without which the samples would have had no reply. */
  inputs: Inputs
  outcomes: readonly ConnectionOutcome[]
  /** What kind of samples these were: http, grpc, tcp or command. */
  probe: string
  /** What keeps other ways from working, or is worth knowing. */
  findings: readonly Problem[]
}

export type Look = {
  task: InitTask
  clusters: Clusters
  candidate: Candidate
  raw: RawOptions
  ends: (() => void)[]
  /** 0: none is to be sent. */
  samples: number
  /** Whether stamps may name the versions. */
  stamps: boolean
}

const WAYS: readonly ConnectName[] = ['direct', 'port-forward', 'api-proxy']

/** Finds the gateway of a rule, and the first way to it on which samples get replies. */
export async function lookAtGateway(look: Look, signal: AbortSignal): Promise<Seen> {
  const given = WAYS.find((way) => way === look.raw('connect'))
  const problems: Problem[] = []
  for (const connect of given === undefined ? WAYS : [given]) {
    const seen = await tryWay(look, connect, signal).catch(problemsIn)
    if (!('problems' in seen)) return { ...seen, findings: [...problems, ...seen.findings] }
    problems.push(...seen.problems)
  }
  throw endFor(distinct(problems))
}

/** What keeps one way from working: another one may. */
function problemsIn(error: unknown): { problems: readonly Problem[] } {
  if (error instanceof InitEnd || error instanceof RunError) return { problems: error.problems }
  throw error
}

async function tryWay(
  look: Look,
  connect: ConnectName,
  signal: AbortSignal,
): Promise<Seen | { problems: readonly Problem[] }> {
  const { task, clusters, candidate, raw, ends, samples } = look
  const own = { connect }
  const context = contextFor(task, clusters, withInputs(raw, own), ends)
  const located = await locateGateway(context, candidate, signal)
  const errors = located.findings.filter(({ severity }) => severity === 'error')
  if (located.address === undefined || errors.length > 0) return { problems: errors }
  const findings = located.findings
  const protocol = candidate.rule.protocol
  const none = { located, connect, inputs: {}, outcomes: [], probe: protocol, findings }
  if (samples === 0) return none
  const problems: Problem[] = []
  const sent = {
    request: requestAt(context, candidate.rule, located),
    usesTls: located.tls !== 'none' || protocol === 'tls',
  }
  for (const inputs of variantsOf(candidate, raw, sent)) {
    const asked = contextFor(task, clusters, withInputs(raw, { ...own, ...inputs }), ends)
    const taken = await takeWith(asked, { candidate, located, connect, count: samples }, signal)
    if ('problems' in taken) problems.push(...taken.problems)
    else if (taken.outcomes.some(hasReply)) return { ...none, ...taken, inputs }
    else problems.push(noReply(connect, located.address, taken.outcomes))
    if (signal.aborted) break
  }
  return { problems: distinct(problems).slice(0, 1) }
}

type Taking = { candidate: Candidate; located: FoundGateway; connect: ConnectName; count: number }

async function takeWith(
  context: Context,
  { candidate, located, connect, count }: Taking,
  signal: AbortSignal,
): Promise<{ outcomes: ConnectionOutcome[]; probe: string } | { problems: readonly Problem[] }> {
  const { rule } = candidate
  const settings = settingsFor(context, rule, located)
  if (!settings.ok) return { problems: settings.problems }
  const way = await openWay(
    context,
    { rule, located, connect, probe: probeOf(settings.value) },
    signal,
  )
  if ('finding' in way) return { problems: [way.finding] }
  return { outcomes: await takeReplies(context, way, count, signal), probe: settings.value.kind }
}

async function openWay(
  context: Context,
  {
    rule,
    located,
    connect,
    probe,
  }: Omit<Taking, 'candidate' | 'count'> & { rule: Candidate['rule']; probe: Probe },
  signal: AbortSignal,
): Promise<{ probe: Probe; address: FoundAddress } | { finding: Problem }> {
  const { address } = located
  if (address === undefined) throw new RangeError('a gateway without an address')
  if (connect === 'direct') return { probe, address }
  const reach =
    connect === 'port-forward'
      ? await openPortForward(context, located, signal)
      : openServiceProxyReach(context, rule, located)
  if ('finding' in reach) return reach
  return { probe: { ...probe, ...reach.probe }, address: reach.address }
}

function noReply(
  connect: ConnectName,
  { endpoints: [{ host, port }], how }: FoundAddress,
  outcomes: readonly ConnectionOutcome[],
): Problem {
  const [first] = outcomes
  const why =
    first === undefined
      ? 'it accepts no connection'
      : `${first.kind}${'why' in first ? ` (${first.why})` : ''}`
  return problem(
    'ITS-INIT-NO-REPLY',
    `The gateway at ${host}:${port} (${how}) did not answer with connect: ${connect}. The first of ${Math.max(1, outcomes.length)} samples ended with: ${why}.`,
    'Check that this machine can reach the gateway, or name another address with --endpoint HOST:PORT. With --no-samples, init proposes a step without asking the gateway.',
  )
}

function distinct(problems: readonly Problem[]): Problem[] {
  return problems.filter(
    ({ what }, index) => index === problems.findIndex((one) => one.what === what),
  )
}
