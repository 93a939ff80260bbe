import path from 'node:path'
import * as core from '@actions/core'
import type { Intent, Memory } from '../journal/intent.ts'
import { at, type Json, numberAt, textAt } from '../kube/json.ts'
import { mayBePath } from '../problem/may-be-shown.ts'
import { writtenAt } from '../routes/written-destinations.ts'

/** What the main step leaves for post, which the runner starts even after main was killed. */
const INTENT = 'intent'
const RELEASED = 'settled'
const KUBECONFIG = 'kubeconfig'

const JOURNAL_STATES: readonly Memory['journal'][] = ['expected', 'lost', 'released']

/** Saved before each write: from here on something may have to be restored. What is saved last counts. */
export function saveIntent(intent: Intent): void {
  core.saveState(INTENT, JSON.stringify(intent))
  const list = absolute(process.env.KUBECONFIG ?? '')
  if (list !== undefined) core.saveState(KUBECONFIG, JSON.stringify({ list }))
}

/** KUBECONFIG as the run took it: another step may set it to other files. undefined where it was not saved. */
export function readKubeconfigList(): string | undefined {
  const text = core.getState(KUBECONFIG)
  if (text === '') return undefined
  const { list } = JSON.parse(text) as { list?: unknown }
  return typeof list === 'string' ? list : undefined
}

/** Paths that mean the same in another folder; undefined where one does not look like a path, and may not be saved. */
function absolute(list: string): string | undefined {
  const files = list.split(path.delimiter).filter((file) => file !== '')
  const resolved = files.map((file) => path.resolve(file))
  return resolved.every(mayBePath) ? resolved.join(path.delimiter) : undefined
}

/** Saved at the end of a run that put its object in order itself. */
export function saveReleased(): void {
  core.saveState(RELEASED, 'true')
}

/** The intent of a main step that did not settle; undefined where there is nothing to do. */
export function readUnsettled(): Intent | undefined {
  if (core.getState(RELEASED) === 'true') return undefined
  const text = core.getState(INTENT)
  if (text === '') return undefined
  return parseIntent(JSON.parse(text))
}

function parseIntent(value: unknown): Intent | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const {
    gatewayContext = '',
    kind = 'VirtualService',
    memory,
    ...saved
  } = value as Record<string, unknown>
  const { owner, uid, server, context, namespace, name, version, manualCommand } = saved
  const clusters = { server, context, gatewayContext }
  const texts = { owner, uid, ...clusters, kind, namespace, name, version, manualCommand }
  if (!Object.values(texts).every((text) => typeof text === 'string')) return undefined
  return { ...(texts as Omit<Intent, 'memory'>), memory: parseMemory(memory as Json | undefined) }
}

function parseMemory(value: Json | undefined): Memory | undefined {
  const journal = JOURNAL_STATES.find((state) => state === textAt(value, 'journal'))
  const onFailure = textAt(value, 'onFailure')
  const written = at(value, 'written')
  if (!journal || !Array.isArray(written)) return undefined
  if (onFailure !== 'rollback' && onFailure !== 'keep') return undefined
  return {
    // Older versions saved none.
    kind: textAt(value, 'kind') ?? 'VirtualService',
    match: at(value, 'match') ?? null,
    nth: numberAt(value, 'nth') ?? 0,
    original: writtenAt(value, 'original'),
    written: written.map((_, index) => writtenAt(value, 'written', index)),
    onFailure,
    generation: numberAt(value, 'generation'),
    journal,
    stored: textAt(value, 'stored'),
  }
}
