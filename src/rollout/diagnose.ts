import { readSubsets } from '../mesh/destination-rules.ts'
import { countEndpoints } from '../mesh/ready-endpoints.ts'
import type { Check } from './check.ts'
import type { Context } from './context.ts'
import { metSummary } from './met-text.ts'
import type { Scene } from './preflight.ts'

/** Below this fraction of its share, a destination is named as the one that does not answer. */
const SILENT = 0.5

/** Why connections went without a known reply: what they met, who hardly answered, whose endpoints are not ready. */
export async function diagnoseNoReply(
  context: Context,
  scene: Scene,
  check: Check,
  signal: AbortSignal,
): Promise<string> {
  const last = check.tries.at(-1)
  if (last === undefined) return ''
  const silent = check.names.filter((_, index) => {
    const wanted = check.target[index] ?? 0
    return wanted > 0 && (last.counts[index] ?? 0) < SILENT * wanted * last.draws
  })
  const met = `${last.unclassified} of ${last.draws} connections got no known reply: ${metSummary(last.met, last.examples)}`
  const who =
    silent.length > 0
      ? `; ${silent.map((name) => `${name} answered ${last.counts[check.names.indexOf(name)] ?? 0} of about ${Math.round((check.target[check.names.indexOf(name)] ?? 0) * last.draws)}`).join(', ')}`
      : ''
  return `${met}${who}${await readiness(context, scene, signal)}`
}

async function readiness(context: Context, scene: Scene, signal: AbortSignal): Promise<string> {
  try {
    const destinations = scene.weighted.map(({ destination }) => destination)
    const { labels } = await readSubsets(
      context.api,
      scene.istioVersion,
      scene.object.namespace,
      destinations,
      signal,
    )
    const counts = await countEndpoints(
      context.workloads,
      scene.object.namespace,
      scene.weighted,
      labels,
      signal,
    )
    const told = counts.flatMap(({ name, counted }) =>
      'kind' in counted ? [] : [`${name} ${counted.ready} of ${counted.pods}`],
    )
    return told.length === 0 ? '' : `; Pods that say they are ready: ${told.join(', ')}`
  } catch {
    // The diagnosis is a help; the verdict stands without it.
    return ''
  }
}
