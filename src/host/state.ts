import { existsSync } from 'node:fs'
import path from 'node:path'
import * as core from '@actions/core'
import type { Intent, Memory, Unsettled } from '../journal/intent.ts'
import { at, type Json, numberAt, objectsAt, textAt } from '../kube/json.ts'
import { mayBePath, shownPath } from '../problem/may-be-shown.ts'
import { RunError } from '../problem/run-error.ts'
import type { SavedJobs } from '../rollout/jobs/own-jobs.ts'
import { protocolNamed } from '../routes/rule.ts'
import { parseWritten, writtenAt } from '../routes/written-destinations.ts'

/** What a run saves for the cleanup step, which the runner starts also after the run was killed. */
const INTENT = 'intent'
const RELEASED = 'settled'
const ENDED = 'ended'
const KUBECONFIG = 'kubeconfig'
const JOBS = 'jobs'

const JOURNAL_STATES: readonly Memory['journal'][] = ['expected', 'lost', 'released']

/** Saves what the cleanup step needs, before each write. What is saved last counts. Fails with a RunError. */
export function saveIntent(intent: Intent): void {
  save(INTENT, intent)
}

/** Saves which Jobs the cleanup step is to delete, before each is created, and when they are deleted. Fails with a RunError. */
export function saveJobs(jobs: SavedJobs): void {
  save(JOBS, jobs)
}

function save(name: string, value: Intent | SavedJobs): void {
  try {
    core.saveState(name, JSON.stringify(value))
    const list = absolute(process.env.KUBECONFIG ?? '')
    if (list !== undefined) core.saveState(KUBECONFIG, JSON.stringify({ list }))
  } catch (error) {
    throw notSaved(error, process.env.GITHUB_STATE ?? '')
  }
}

/** The Jobs that a run saved last; undefined: it left none. */
export function readSavedJobs(): SavedJobs | undefined {
  const text = core.getState(JOBS)
  if (text === '') return undefined
  const value = JSON.parse(text) as Json
  const [server, context] = [textAt(value, 'server'), textAt(value, 'context')]
  const jobs = objectsAt(value, 'jobs').flatMap((job) => {
    const [namespace, name] = [textAt(job, 'namespace'), textAt(job, 'name')]
    if (namespace === undefined || name === undefined) return []
    return [{ namespace, name, hasSecret: at(job, 'hasSecret') === true, isThere: false }]
  })
  if (server === undefined || context === undefined || jobs.length === 0) return undefined
  return { server, context, jobs }
}

/** What keeps a file from being written, and what to do, by the system's code. */
const CAUSES: Readonly<Record<string, readonly [what: string, remedy: string]>> = {
  EISDIR: ['is a folder', ''],
  ENOTDIR: ['has a parent that is not a folder', ''],
  ENOENT: ['does not exist', ''],
  ENOSPC: [
    'is on a disk that is full',
    'Free disk space on the runner. To see what is free:\n  df -h',
  ],
  EDQUOT: ['is on a disk whose quota is exhausted', 'Free disk space on the runner.'],
  EROFS: ['is on a disk that is mounted read-only', 'Mount it for writing.'],
  EACCES: [
    'is not writable by this user',
    'Run the step as the user of the runner. A container may need the option --user.',
  ],
  EPERM: ['is not writable by this user', 'Run the step as the user of the runner.'],
}

/** The runner sets GITHUB_STATE, so a wrong path comes from the workflow. */
const WRONG_PATH = 'Do not set GITHUB_STATE: the runner sets it.'

function notSaved(error: unknown, file: string): RunError {
  const code = existsSync(file) ? codeOf(error) : 'ENOENT'
  const [is, remedy] = CAUSES[code] ?? ['cannot be written', '']
  const detail = error instanceof Error && !(code in CAUSES) ? ` (${error.message})` : ''
  const what = `The data for the cleanup step could not be saved. GITHUB_STATE names ${shownPath(file)}, which ${is}${detail}. Nothing was written.`
  return new RunError('ITS-STATE-NOT-SAVED', what, remedy || WRONG_PATH)
}

function codeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : ''
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

/** Saved at the end of a run that released its object itself. */
export function saveReleased(): void {
  core.saveState(RELEASED, 'true')
}

/** Saved at the end of a run that could not release its object, so that it is not taken for one that was killed. */
export function saveEnded(): void {
  core.saveState(ENDED, 'true')
}

/** What a run saved that did not release its object; undefined where there is nothing to do. */
export function readUnsettled(): Unsettled | undefined {
  if (core.getState(RELEASED) === 'true') return undefined
  const text = core.getState(INTENT)
  if (text === '') return undefined
  const intent = parseIntent(JSON.parse(text))
  return intent && { ...intent, hasEnded: core.getState(ENDED) === 'true' }
}

function parseIntent(value: unknown): Intent | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const {
    gatewayContext = '',
    kubeconfig = '',
    kind = 'VirtualService',
    memory,
    ...saved
  } = value as Record<string, unknown>
  const { owner, uid, server, context, namespace, name, version, manualCommand } = saved
  const clusters = { server, context, kubeconfig, gatewayContext }
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
    protocol: protocolNamed(at(value, 'protocol')) ?? 'tcp',
    match: at(value, 'match') ?? null,
    nth: numberAt(value, 'nth') ?? 0,
    original: writtenAt(value, 'original'),
    before: parseWritten(at(value, 'before')),
    written: written.map((_, index) => writtenAt(value, 'written', index)),
    onFailure,
    generation: numberAt(value, 'generation'),
    journal,
    stored: textAt(value, 'stored'),
  }
}
