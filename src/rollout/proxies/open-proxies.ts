import { openProxyAdmin } from '../../evidence/proxies/open-proxy-admin.ts'
import type { ProxyAdmin } from '../../evidence/proxies/proxy-admin.ts'
import { finderFor } from '../../gateways/finders.ts'
import type { FoundGateway } from '../../gateways/gateway-search.ts'
import type { ProxyPod } from '../../gateways/proxies/found-proxies.ts'
import { ruleInProxy } from '../../gateways/proxies/rule-in-proxy.ts'
import type { ApiServer } from '../../kube/api-server.ts'
import { within } from '../../kube/within.ts'
import { plainList } from '../../problem/list-text.ts'
import { type Problem, problem } from '../../problem/problem.ts'
import { capitalized, sentence } from '../../problem/sentence.ts'
import { trafficWord } from '../../routes/rule.ts'
import type { Context } from '../model/context.ts'
import type { ShiftPlan } from '../plan/shift-plan.ts'
import { isComplete, requestAt } from '../preflight/request/request-of.ts'
import { openProxySet } from './open-proxy-set.ts'
import type { OpenedProxies, SoughtRules } from './opened-proxies.ts'
import { lookAtAll } from './proxy-looks.ts'
import type { ProxySet } from './proxy-set.ts'
import { type Standing, startProxyTable } from './proxy-table.ts'

/** With `proxies: auto`, the write does not wait longer for proxies. */
const AUTO_MS = 2000
/** With `proxies: require`. */
const REQUIRE_MS = 30_000
/** With `proxies: auto`, more proxies than this are not read. */
const MOST_PROXIES = 20

/** A regular expression that finds no cluster. */
const NO_CLUSTER = '^$'

/** What was opened, undefined where no proxy is to be read, and what the inputs demand and lack. */
export type ReadProxies = { opened: OpenedProxies | undefined; findings: Problem[] }

const NONE: ReadProxies = { opened: undefined, findings: [] }

/**
 * Finds the proxies that hold the rule, opens a tunnel to each, and reads what they have. Never keeps a run from going on
 * with `auto`, whatever cannot be read. What is opened ends with the run.
 */
export async function openProxies(
  context: Context,
  shiftPlan: ShiftPlan,
  locating: Promise<FoundGateway>,
  signal: AbortSignal,
): Promise<ReadProxies> {
  const { mode, proxies, evidence } = context.options
  if (mode === 'plan' || proxies === 'off') return NONE
  const isRequired = proxies === 'require'
  const ms = isRequired || evidence === 'counters' ? REQUIRE_MS : AUTO_MS
  const silent = new Set<string>()
  const opened = await within({ ms, signal }, (limited) =>
    read(context, shiftPlan, { locating, silent }, limited),
  ).catch(() => {
    signal.throwIfAborted()
    return notRead(`${silentText([...silent])} within ${ms / 1000} s`)
  })
  return { opened: opened.proxies, findings: isRequired ? unreadIn(opened.seen) : [] }
}

/** Pods that a text names. */
const MOST_NAMED = 3

function silentText(pods: readonly string[]): string {
  if (pods.length === 0) return 'the proxies could not be read'
  const more = pods.length - MOST_NAMED
  const named = [...pods.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])]
  return `the admin ${pods.length === 1 ? 'endpoint' : 'endpoints'} of ${plainList(named)} did not answer`
}

type Read = { proxies: OpenedProxies; seen: Standing }

async function read(
  context: Context,
  shiftPlan: ShiftPlan,
  { locating, silent }: { locating: Promise<FoundGateway>; silent: Set<string> },
  signal: AbortSignal,
): Promise<Read> {
  const { object, rule, edit, apiVersion } = shiftPlan
  const { api, workloads, options, nowMs } = context
  const { gatewayService, clientPods } = options
  const search = { api, workloads, apiVersion, object, rule, gatewayService, clientPods }
  const set = await openProxySet(
    {
      find: (limited) => finderFor(object).findProxies(search, limited),
      async open(pod, limited) {
        const name = `${pod.namespace}/${pod.name}`
        silent.add(name)
        try {
          return await openChecked(workloads, pod, limited)
        } finally {
          if (!limited.aborted) silent.delete(name)
        }
      },
      most: options.proxies === 'auto' ? MOST_PROXIES : undefined,
      nowMs,
    },
    signal,
  )
  context.atEnd(set.close)
  const request = await locating
    .then((located) => (isComplete(context) ? requestAt(context, rule, located) : undefined))
    .catch(() => undefined)
  const { served } = set.found()
  const sought = { object, rule: { ...rule, destinations: edit.destinations }, served, request }
  const rules: SoughtRules = {
    ruleIn: (pod) => ruleInProxy(sought, pod),
    isHttp: trafficWord(rule) === 'request',
  }
  const everHeld = new Set<string>()
  const wanted = { shares: edit.presentShares, stamps: undefined }
  const table = startProxyTable({
    ...{ wanted, everHeld, isWritten: false },
    ...{ startMs: nowMs(), dueMs: nowMs() },
  })
  const { pods, unknown } = set.found()
  table.setPods(pods, nowMs())
  await lookAtAll({ members: set.members(), rules }, table, nowMs, signal)
  const seen: Standing =
    unknown === undefined
      ? table.standing(nowMs())
      : { status: 'guarded', why: capitalized(sentence(unknown)) }
  return { proxies: { set, ...rules, everHeld }, seen }
}

/** A tunnel whose other end answers. */
async function openChecked(
  workloads: ApiServer,
  pod: ProxyPod,
  signal: AbortSignal,
): Promise<ProxyAdmin> {
  const admin = await openProxyAdmin(workloads, pod, signal)
  try {
    await admin.counters(signal, NO_CLUSTER)
    return admin
  } catch (error) {
    admin.close()
    throw error
  }
}

/** A set of which nothing is known. */
function notRead(why: string): Read {
  const found = { pods: [], how: '', notes: [], unknown: why }
  const set: ProxySet = {
    found: () => found,
    readMs: () => 0,
    members: () => [],
    refresh: async () => false,
    close: () => undefined,
  }
  const rules: SoughtRules = { ruleIn: () => ({ kind: 'unknown', why }), isHttp: false }
  const seen: Standing = { status: 'guarded', why: capitalized(sentence(why)) }
  return { proxies: { set, ...rules, everHeld: new Set() }, seen }
}

/** With `proxies: require`, an error for proxies that cannot be read. What their weights are now does not matter. */
function unreadIn({ status, why }: Standing): Problem[] {
  if (status !== 'guarded') return []
  return [
    problem(
      'ITS-PROXIES-NOT-READ',
      `Not every proxy that holds the rule can be read, and proxies is require. ${why ?? ''}`,
      'Correct what keeps it from being read, or set proxies: auto. A run needs the rights to list Pods and to create pods/portforward, and an answer from the admin endpoint of each proxy.',
    ),
  ]
}
