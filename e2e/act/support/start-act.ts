import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { standInFor } from '../../../kit/examples/providers.ts'
import { WORKFLOW_TOKEN } from '../../../kit/github/stand-in.ts'
import { refuseLeaks } from '../../../kit/run/leaks.ts'
import { actIn } from '../../parts/build.ts'
import { messagesIn, type RanStep, stepsIn } from './log.ts'
import { makePlace, type Place, removePlace } from './place.ts'
import { OURS, usedRepositories } from './workflow.ts'

/** What GitHub has for a run of a workflow. */
export type Given = {
  /** Text of the workflow. */
  workflow: string
  /** Name of the event; default: workflow_dispatch. */
  event?: string
  /** The event's payload. */
  payload?: Readonly<Record<string, unknown>>
  secrets?: Readonly<Record<string, string>>
  vars?: Readonly<Record<string, string>>
  /** Inputs of workflow_dispatch. */
  inputs?: Readonly<Record<string, string>>
  /** Files of the repository. */
  files?: Readonly<Record<string, string>>
  /** Address of GitHub's API. */
  github?: string
  /** Called before act starts. */
  prepare?: (place: Place) => void
  /** The log is the one that people see; default: JSON, which names the steps. */
  plain?: boolean
}

export type ActRun = {
  process: ChildProcess
  place: Place
  /** Resolves when the log has this. */
  said(pattern: RegExp): Promise<void>
  ended: Promise<ActEnded>
}

export type ActEnded = {
  status: number | null
  steps: readonly RanStep[]
  /** What people see. */
  log: string
  place: Place
}

const RUNNER = 'ubuntu-24.04'
const STAND_INS = join(import.meta.dirname, '..', 'stand-ins')

/** Runs a workflow with act and resolves with what is left. */
export function runAct(given: Given): Promise<ActEnded> {
  return startAct(given).ended
}

/** Starts act on this machine itself, without containers and without a network. */
export function startAct(given: Given): ActRun {
  const place = makePlace(given.files)
  given.prepare?.(place)
  const { plain = false, secrets = {} } = given
  const child = spawn(actIn(), wordsFor(given, place), {
    cwd: place.workspace,
    env: place.environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = new Promise<number | null>((done) => child.once('close', done))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await closed
    removePlace(place)
  })
  let text = ''
  const waiting: { pattern: RegExp; found: () => void }[] = []
  const take = (chunk: Buffer | string) => {
    text += chunk.toString()
    for (const { pattern, found } of waiting) if (pattern.test(text)) found()
  }
  child.stdout.on('data', take)
  child.stderr.on('data', take)
  const ended = closed.then((status) => {
    const log = plain ? text : messagesIn(text)
    refuseLeaks(Object.values(secrets), { "act's log": log })
    if (log.includes(WORKFLOW_TOKEN)) throw new Error('act printed the token of the workflow run')
    return { status, steps: plain ? [] : stepsIn(text), log, place }
  })
  // A test that fails before it waits for this must fail by its own error.
  ended.catch(() => undefined)
  return {
    process: child,
    place,
    said: (pattern) =>
      new Promise((found, missing) => {
        waiting.push({ pattern, found })
        take('')
        void closed.then(() => missing(new Error(`act ended without ${pattern}:\n${text}`)))
      }),
    ended,
  }
}

function wordsFor(given: Given, place: Place): string[] {
  const { event = 'workflow_dispatch', plain = false } = given
  const file = (name: string, text: string) => {
    const path = join(place.folder, name)
    writeFileSync(path, text, { mode: 0o600 })
    return path
  }
  // Files of YAML, because values may have lines. Secrets in the environment would reach every step.
  const secrets = { ...given.secrets, GITHUB_TOKEN: WORKFLOW_TOKEN }
  const called = readFileSync(join(place.ours, '.github', 'workflows', 'canary.yml'), 'utf8')
  const local = usedRepositories(given.workflow + called).map(({ repository, ref }) => [
    '--local-repository',
    `${repository}@${ref}=${folderOf(repository, place)}`,
  ])
  return [
    event,
    ...['--workflows', file('workflow.yml', given.workflow)],
    ...[
      '--eventpath',
      file('event.json', JSON.stringify({ ...given.payload, inputs: given.inputs ?? {} })),
    ],
    ...['--secret-file', file('secrets.yml', JSON.stringify(secrets))],
    ...['--var-file', file('vars.yml', JSON.stringify(given.vars ?? {}))],
    ...['--env', 'GITHUB_REPOSITORY=owner/repository'],
    ...(given.github === undefined ? [] : ['--env', `GITHUB_API_URL=${given.github}`]),
    ...['--platform', `${RUNNER}=-self-hosted`],
    ...['--action-cache-path', join(place.folder, 'cache')],
    ...['--no-cache-server', '--no-skip-checkout'],
    ...local.flat(),
    ...(plain ? [] : ['--json']),
  ]
}

/** This action, or the stand-in for another one. */
function folderOf(repository: string, place: Place): string {
  if (repository === OURS) return place.ours
  if (standInFor({ uses: `${repository}@${'0'.repeat(40)}` })) return join(STAND_INS, 'of-clouds')
  const folder = join(STAND_INS, repository)
  if (!existsSync(folder)) throw new Error(`e2e/act/stand-ins/ has no ${repository}`)
  return folder
}

/** The process of the step of this action that act is running. */
export function stepProcess({ process: { pid } }: ActRun): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const children = threads.flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean),
  )
  const found = children.find((child) =>
    readFileSync(`/proc/${child}/cmdline`, 'utf8').includes('dist/action/index.js'),
  )
  if (found === undefined) throw new Error('act runs no step of this action')
  return Number(found)
}
