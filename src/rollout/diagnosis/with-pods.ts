import { shellQuoted } from '../../mesh/finding.ts'
import { kubectl } from '../../mesh/kubectl.ts'
import { lookBehind } from '../../mesh/look-behind.ts'
import type { Check } from '../check.ts'
import type { Context } from '../context.ts'
import type { Ended } from '../ended.ts'
import type { Scene } from '../scene.ts'
import { commandsOf } from './subject.ts'

/**
 * A fail for want of replies, with a look at the Pods behind the destinations: how many of them say that they are ready,
 * and the command that lists those of the destination that does not answer.
 */
export async function withPods(
  context: Context,
  scene: Scene,
  check: Check,
  ended: Ended,
  signal: AbortSignal,
): Promise<Ended> {
  const cause = check.diagnosis?.cause
  if (cause?.kind !== 'silent') return ended
  const pods = await podsBehind(context, scene, signal)
  if (pods.length === 0) return ended
  const ready = pods.map((one) => `${one.name} ${one.ready} of ${one.pods}`).join(', ')
  const [first = '', ...rest] = ended.message.split('\n')
  const message = [`${first} Pods that say they are ready: ${ready}.`, ...rest].join('\n')
  const silent = cause.destination === undefined ? undefined : check.names[cause.destination]
  const behind = pods.find(({ name }) => name === silent)
  if (behind === undefined) return { ...ended, message }
  const command = `${kubectl(context.workloads.context, behind.namespace)} get pods --selector ${shellQuoted(behind.selector)} --output wide`
  return { ...ended, message, mend: ended.mend.replace(commandsOf(context).pods, () => command) }
}

async function podsBehind(context: Context, scene: Scene, signal: AbortSignal) {
  try {
    const where = {
      ...context,
      istioVersion: scene.istioVersion,
      namespace: scene.object.namespace,
    }
    const { counts } = await lookBehind(where, scene.weighted, signal)
    return counts.flatMap(({ name, counted }) => ('kind' in counted ? [] : [{ name, ...counted }]))
  } catch {
    // The look is a help; the verdict stands without it.
    return []
  }
}
