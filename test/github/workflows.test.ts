import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { load } from 'js-yaml'
import { describe, expect, test } from 'vitest'
import { dig, isObject, type Json, listAt, parseJson, textAt } from '../../sandbox/objects/json.ts'

/** Rules for the workflows that actionlint and zizmor do not check. `npm run check:workflows` runs those two. */
const ROOT = path.resolve(import.meta.dirname, '../..')
const text = (file: string) => readFileSync(path.join(ROOT, file), 'utf8')
const yaml = (file: string): Json => parseJson(JSON.stringify(load(text(file))))
const files = (pattern: string) => globSync(pattern, { cwd: ROOT }).sort()

const WORKFLOWS = files('.github/workflows/*.yml')
/** The jobs that may write, and what they may write. */
const WRITERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['codeql.yml analyze', ['security-events']],
  ['pages.yml deploy', ['id-token', 'pages']],
  ['release.yml publish', ['attestations', 'contents', 'id-token']],
])

type Use = { file: string; action: string; ref: string; comment: string }

/** Every action of another repository that a workflow uses. */
function uses(): Use[] {
  return WORKFLOWS.flatMap((file) =>
    [...text(file).matchAll(/uses: ([^\s@]+)@(\S+)(?: # (.+))?$/gm)].map(
      ([, action = '', ref = '', comment = '']) => ({ file, action, ref, comment }),
    ),
  )
}

function jobs(file: string): [name: string, job: Json][] {
  const all = dig(yaml(file), 'jobs')
  return isObject(all) ? Object.entries(all) : []
}

test('Dependabot groups updates of every package that src/ imports with those that end up in dist/', () => {
  const imported = globSync('src/**/*.ts', { cwd: ROOT }).flatMap((file) =>
    [...text(file).matchAll(/from '((?:@[\w-]+\/)?[\w-]+)(?:\/[^']*)?'/g)].map(
      ([, name = '']) => name,
    ),
  )
  expect(imported).toContain('js-yaml')
  const [npm] = listAt(yaml('.github/dependabot.yml'), 'updates')
  const patterns = listAt(npm ?? null, 'groups', 'in-dist', 'patterns').map(String)
  const grouped = (name: string) => patterns.some((pattern) => path.matchesGlob(name, pattern))
  expect([...new Set(imported)].filter((name) => !grouped(name))).toEqual([])
})

describe('the workflows', () => {
  test('pin every action to the hash of a commit, with its full version as a comment', () => {
    expect(uses().length).toBeGreaterThan(8)
    for (const { ref, comment } of uses()) {
      expect(ref).toMatch(/^[0-9a-f]{40}$/)
      expect(comment).toMatch(/^v\d+\.\d+\.\d+$/)
    }
  })

  test('use the same version of all actions of a repository', () => {
    const versions = new Map<string, Set<string>>()
    for (const { action, ref, comment } of uses()) {
      const repository = action.split('/').slice(0, 2).join('/')
      const known = versions.get(repository) ?? new Set()
      versions.set(repository, known.add(`${ref} ${comment}`))
    }
    for (const [, known] of versions) expect([...known]).toHaveLength(1)
  })

  test.each(WORKFLOWS)('%s has only the rights that a job requests', (file) => {
    expect(dig(yaml(file), 'permissions')).toEqual({})
    for (const [name, job] of jobs(file)) {
      const rights = dig(job, 'permissions')
      if (!isObject(rights)) throw new Error(`${name} has no permissions`)
      const written = Object.keys(rights).filter((right) => rights[right] === 'write')
      expect(written.sort()).toEqual(WRITERS.get(`${path.basename(file)} ${name}`) ?? [])
    }
  })

  test.each(WORKFLOWS)('%s leaves no credentials in the checkout, and has time limits', (file) => {
    for (const [, job] of jobs(file)) {
      for (const step of listAt(job, 'steps'))
        if (textAt(step, 'uses')?.startsWith('actions/checkout@'))
          expect(dig(step, 'with', 'persist-credentials')).toBe(false)
      if (textAt(job, 'uses') === undefined) expect(dig(job, 'timeout-minutes')).toBeGreaterThan(0)
    }
  })

  test('run on no event that gives a fork the rights of this repository', () => {
    for (const file of WORKFLOWS) expect(text(file)).not.toMatch(/pull_request_target|workflow_run/)
  })
})

test('Dependabot updates every folder with pinned versions', () => {
  const pinned = [
    ...files('{package.json,site/package.json,{build,e2e,sandbox,bench}/**/package.json}').map(
      (f) => ['npm', f],
    ),
    ...files('{build,e2e}/**/go.mod').map((file) => ['gomod', file]),
    ...files('{build,e2e}/**/requirements*.txt').map((file) => ['pip', file]),
    ['github-actions', 'action.yml'],
    ['docker', 'Dockerfile'],
  ].map(([ecosystem, file = '']) => `${ecosystem} ${path.join('/', path.dirname(file))}`)
  const updates = listAt(yaml('.github/dependabot.yml'), 'updates')
  const updated = updates.flatMap((update) => {
    const folders = [textAt(update, 'directory'), ...listAt(update, 'directories')]
    return folders.flatMap((folder) =>
      typeof folder === 'string' ? [`${textAt(update, 'package-ecosystem')} ${folder}`] : [],
    )
  })
  expect(updated.sort()).toEqual(pinned.sort())
})

test('every issue form has the fields that GitHub requires', () => {
  const forms = files('.github/ISSUE_TEMPLATE/*.yml').filter((file) => !file.endsWith('config.yml'))
  expect(forms).toHaveLength(2)
  for (const file of forms) {
    const form = yaml(file)
    expect(textAt(form, 'name')).toBeTruthy()
    expect(textAt(form, 'description')).toBeTruthy()
    const fields = listAt(form, 'body').filter((field) => textAt(field, 'type') !== 'markdown')
    const ids = fields.map((field) => textAt(field, 'id'))
    expect(new Set(ids).size).toBe(fields.length)
    for (const field of fields) {
      expect(['input', 'textarea', 'dropdown', 'checkboxes']).toContain(textAt(field, 'type'))
      expect(textAt(field, 'attributes', 'label')).toBeTruthy()
    }
  }
})

test('the release is published by the command that uploaded its files, so a re-run publishes no older draft', () => {
  const release = text('.github/workflows/release.yml')
  expect(release).toMatch(/\n +gh release create "\$TAG" --verify-tag /)
  expect(release).not.toMatch(/--draft|gh release edit/)
})
