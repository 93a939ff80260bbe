import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Json, JsonObject } from '../../sandbox/objects/json.ts'
import { REPOSITORY } from './stand-in.ts'

const BASE = { repo: { id: 1, full_name: REPOSITORY } }
const FORK = { repo: { id: 2, full_name: 'octocat/repository' } }

/** What a test says about a pull request. `fork`: its head is in another repository. */
export type PullRequest = { fork?: boolean; author?: string }

/** Pull requests that have no secrets. */
export const WITHOUT_SECRETS: Readonly<Record<string, PullRequest>> = {
  'from a fork': { fork: true },
  'from Dependabot': { author: 'dependabot[bot]' },
}

/** The payload of a pull_request event. */
export function pullRequestEvent(
  number: number,
  { fork = false, author = 'octocat' }: PullRequest = {},
): JsonObject {
  const user = { login: author }
  return { number, pull_request: { number, user, base: BASE, head: fork ? FORK : BASE } }
}

/** The variables with which a workflow run starts a step, and what removes the file of its event. */
export function workflowRun(
  event: Json,
  variables: Readonly<Record<string, string>> = {},
): { environment: Readonly<Record<string, string>>; remove: () => void } {
  const folder = mkdtempSync(path.join(tmpdir(), 'event-'))
  const file = path.join(folder, 'event.json')
  writeFileSync(file, JSON.stringify(event))
  const environment = {
    GITHUB_REPOSITORY: REPOSITORY,
    GITHUB_EVENT_PATH: file,
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_SHA: 'a'.repeat(40),
    ...variables,
  }
  return { environment, remove: () => rmSync(folder, { recursive: true }) }
}
