import { lookBehind } from '../mesh/look-behind.ts'
import { silentDestination } from '../split/who-is-silent.ts'
import type { Check, Try } from './check.ts'
import type { Context } from './context.ts'
import { metSummary } from './met-text.ts'
import type { Scene } from './preflight.ts'

/** Why connections went without a known reply: what they met, who hardly answered, whose endpoints are not ready. */
export async function diagnoseNoReply(
  context: Context,
  scene: Scene,
  check: Check,
  signal: AbortSignal,
): Promise<string> {
  const last = check.tries.at(-1)
  if (last === undefined) return ''
  const met = `${last.unclassified} of ${last.draws} connections got no known reply: ${metSummary(last.met, last.examples)}`
  return `${met}; ${whoIsSilent(check, last)}${await readiness(context, scene, signal)}`
}

/** Which destination the replies are missing of, where the counts leave little doubt; else what each of them has answered. */
function whoIsSilent({ names, target }: Check, last: Try): string {
  const told = (index: number) =>
    `${names[index]} answered ${last.counts[index] ?? 0} of about ${Math.round((target[index] ?? 0) * last.draws)}`
  const silent = silentDestination(last, target)
  if (silent !== undefined) return told(silent)
  const all = names.flatMap((_, index) => ((target[index] ?? 0) > 0 ? [told(index)] : []))
  return `too few to tell which destination does not answer: ${all.join(', ')}`
}

async function readiness(context: Context, scene: Scene, signal: AbortSignal): Promise<string> {
  try {
    const where = {
      ...context,
      istioVersion: scene.istioVersion,
      namespace: scene.object.namespace,
    }
    const { counts } = await lookBehind(where, scene.weighted, signal)
    const told = counts.flatMap(({ name, counted }) =>
      'kind' in counted ? [] : [`${name} ${counted.ready} of ${counted.pods}`],
    )
    return told.length === 0 ? '' : `; Pods that say they are ready: ${told.join(', ')}`
  } catch {
    // The diagnosis is a help; the verdict stands without it.
    return ''
  }
}
