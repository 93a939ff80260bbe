import * as core from '@actions/core'
import type { Intent } from './rollout/context.ts'

/** What the main step leaves for post, which the runner starts even after main was killed. */
const INTENT = 'intent'
const SETTLED = 'settled'

/** Saved before the first write: from here on something may have to be put back. */
export function saveIntent(intent: Intent): void {
  core.saveState(INTENT, JSON.stringify(intent))
}

/** Saved at the end of a run that put its object in order itself. */
export function saveSettled(): void {
  core.saveState(SETTLED, 'true')
}

/** The intent of a main step that did not settle; undefined where there is nothing to do. */
export function readUnsettled(): Intent | undefined {
  if (core.getState(SETTLED) === 'true') return undefined
  const text = core.getState(INTENT)
  if (text === '') return undefined
  return parseIntent(JSON.parse(text))
}

function parseIntent(value: unknown): Intent | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { owner, uid, server, context, namespace, name, version, byHand } = value as Record<
    string,
    unknown
  >
  const texts = [owner, uid, server, context, namespace, name, version, byHand]
  if (!texts.every((text) => typeof text === 'string')) return undefined
  return { owner, uid, server, context, namespace, name, version, byHand } as Intent
}
