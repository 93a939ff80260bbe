import type { EvidenceSource } from '../../../evidence/evidence-source.ts'
import type { Expectation } from '../../../evidence/probe/expectation.ts'
import { countersSource } from '../../../evidence/proxies/counters-source.ts'
import type { FoundGateway } from '../../../gateways/gateway-search.ts'
import type { MeshDestination } from '../../../gateways/proxies/held-rule.ts'
import { within } from '../../../kube/within.ts'
import { Aborted } from '../../../problem/aborted.ts'
import type { Problem } from '../../../problem/problem.ts'
import { success } from '../../../problem/result.ts'
import { startCounting } from '../../counters/count-since.ts'
import { type Counting, countingOf } from '../../counters/counting.ts'
import { findUncountable } from '../../counters/find-uncountable.ts'
import type { Context } from '../../model/context.ts'
import type { ShiftPlan } from '../../plan/shift-plan.ts'
import type { OpenedProxies } from '../../proxies/opened-proxies.ts'
import { LOOK_MS } from '../../proxies/proxy-looks.ts'
import { probingOf } from '../request/probing-of.ts'
import { sentTo } from '../request/request-of.ts'
import { throughReach } from '../through-reach.ts'
import { type Connected, hitsOf, NOT_CONNECTED } from '../try-gateway.ts'
import { countStatuses, findUncountedStatuses } from './count-statuses.ts'
import { findUnreadGateways } from './find-unread-gateways.ts'
import { measureUsers } from './measure-users.ts'
import { ANY_REPLY, NOTHING, type TriedOwn, tryOwn } from './try-own.ts'
import { findTooFewUsers } from './users-cannot-end.ts'

type Ways = {
  locating: Promise<FoundGateway>
  opening: Promise<OpenedProxies>
  /** In the order of the destinations; empty where replies need not show them. */
  expect: readonly Expectation[]
}

/** As `tryGateway`, where counters of proxies show the split: whether they do, and whether there is traffic to count. */
export async function tryCounted(
  context: Context,
  shiftPlan: ShiftPlan,
  { locating, opening, expect }: Ways,
  signal: AbortSignal,
): Promise<Connected> {
  const opened = await opening
  const { problems, retries } = await findUncountable(opened, shiftPlan, signal)
  // What a proxy does not count as this rule's is not worth a measurement.
  if (problems.some(({ severity }) => severity === 'error'))
    return { ...NOT_CONNECTED, findings: [...problems] }
  for (const finding of problems) context.emit({ kind: 'finding', finding })
  const destinations = destinationsIn(opened)
  const ownShowsHealth = context.options.expect.length > 0
  const statuses = ownShowsHealth
    ? success(undefined)
    : await countStatuses(context, shiftPlan, destinations, signal)
  if (!statuses.ok) return { ...NOT_CONNECTED, findings: [...statuses.problems] }
  const counting = {
    ...countingOf(opened.set, destinations),
    retries,
    ...(statuses.value && { statuses: statuses.value }),
  }
  return context.options.traffic === 'users'
    ? tryUsers(context, shiftPlan, counting, signal)
    : tryOwnTraffic(context, shiftPlan, { counting, located: await locating, expect }, signal)
}

/** Proxies name the destinations of a rule alike. */
function destinationsIn({ set, ruleIn }: OpenedProxies): readonly MeshDestination[] {
  const [found] = set.members().flatMap(({ pod }) => {
    const sought = ruleIn(pod)
    return sought.kind === 'known' ? [sought.rule.destinations] : []
  })
  return found ?? []
}

async function tryUsers(
  context: Context,
  shiftPlan: ShiftPlan,
  counting: Counting,
  signal: AbortSignal,
): Promise<Connected> {
  const [seen, unread] = await Promise.all([
    measureUsers(context, shiftPlan, counting, signal),
    findUnreadGateways(context.workloads, counting.proxies, signal),
  ])
  const tooFew = signal.aborted ? [] : findTooFewUsers(context, shiftPlan, seen)
  const findings: Problem[] = [...unread, ...tooFew]
  const { statuses } = counting
  if (statuses !== undefined && seen.samples > 0)
    findings.push(...(await findUncountedStatuses(counting, statuses, signal)))
  const gateway = countsSource(context, shiftPlan, { counting })
  return { ...NOT_CONNECTED, gateway, counting, findings }
}

async function tryOwnTraffic(
  context: Context,
  shiftPlan: ShiftPlan,
  {
    counting,
    located,
    expect,
  }: Pick<Ways, 'expect'> & {
    counting: Counting
    located: FoundGateway
  },
  signal: AbortSignal,
): Promise<Connected> {
  const { address } = located
  const found = [...located.findings, ...hitsOf(context, shiftPlan, located)]
  if (!address || found.some(({ severity }) => severity === 'error'))
    return { ...NOT_CONNECTED, findings: found }
  const ownShowsHealth = context.options.expect.length > 0
  // What is wrong with it is a finding of its own.
  if (ownShowsHealth && expect.length !== shiftPlan.edit.names.length)
    return { ...NOT_CONNECTED, findings: found }
  const probing = probingOf(context, shiftPlan.rule, located, ownShowsHealth ? expect : ANY_REPLY)
  if (!probing.ok) return { ...NOT_CONNECTED, findings: [...found, ...probing.problems] }
  const { probe, warnings } = probing.value
  const { unit, edit } = shiftPlan
  const counter = startCounting(counting, { destinations: edit.names.length, unit, of: 'own' })
  // A Job takes its first samples before it is opened.
  const first = counter.look(signal)
  if (context.options.connect === 'job') await first
  const tried = await throughReach<TriedOwn>(
    context,
    {
      shiftPlan,
      located,
      address,
      probe,
      recognition: probing.value.recognition,
      nothing: NOTHING,
    },
    (way, signal) =>
      tryOwn(context, shiftPlan, { ...probing.value, ...way, counting, counter, first }, signal),
    signal,
  )
  const own = tried.gateway
  const { statuses } = counting
  const uncounted =
    own === undefined || statuses === undefined
      ? []
      : await findUncountedStatuses(counting, statuses, signal)
  return {
    ...tried,
    gateway: own && countsSource(context, shiftPlan, { counting, own, ownShowsHealth }),
    counting,
    probe,
    request: located.served ? undefined : sentTo(context, shiftPlan.rule, located),
    findings: [...found, ...warnings, ...tried.findings, ...uncounted],
  }
}

type Counted = { counting: Counting; own?: EvidenceSource; ownShowsHealth?: boolean }

/** Counts what the proxies of the rule do, and with `own` makes connections that they count too. */
function countsSource(
  { nowMs, countersEveryMs, countersLostMs, emit }: Context,
  { unit, edit }: Pick<ShiftPlan, 'unit' | 'edit'>,
  { counting, own, ownShowsHealth = false }: Counted,
): EvidenceSource {
  const { proxies, destinationOf, filter, retries = false, statuses, lost } = counting
  return countersSource.open({
    evidence: 'counters',
    proxies: () =>
      proxies
        .members()
        .map(({ pod, admin }) => ({ pod: `${pod.namespace}/${pod.name}`, uid: pod.uid, admin })),
    destinations: edit.names.length,
    destinationOf,
    ...(filter === undefined ? {} : { filter }),
    counts: unit === 'request' ? 'requests' : 'connections',
    retries,
    statuses,
    ...(own === undefined ? {} : { own }),
    ownShowsHealth,
    refresh: (signal) => within({ ms: LOOK_MS, signal }, (limited) => proxies.refresh(limited)),
    onGap: (gap) => emit({ kind: 'count-gap', gap }),
    everyMs: countersEveryMs,
    onLost: (ms) => lost.abort(new Aborted({ kind: 'time-limit', ms })),
    lostAfterMs: countersLostMs,
    nowMs,
  })
}
