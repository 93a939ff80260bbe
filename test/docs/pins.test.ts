import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { OWN_PIN, withPin } from '../../build/own-pin.ts'
import { blocksOf, documents, pages, ROOT } from '../../kit/docs/markdown.ts'
import { VERSION } from '../../src/host/version.ts'

const EXAMPLES = pages('examples/**/*.yml', 'examples/*Jenkinsfile', '.github/workflows/*.yml')
const BLOCKS = documents()
  .flatMap(blocksOf)
  .map(({ file, line, text }) => ({ file: `${file}:${line}`, text }))
/** What users paste: whole examples, and the fenced blocks of documents. */
const PASTED = [...EXAMPLES, ...BLOCKS]

const lines = (pattern: RegExp) =>
  PASTED.flatMap(({ file, text }) =>
    text.split('\n').flatMap((line) => (pattern.test(line) ? [`${file}: ${line.trim()}`] : [])),
  )

test('every action of an example, a document or a workflow is pinned by a commit, with its version', () => {
  const used = lines(/\buses:\s/)
  expect(used.length).toBeGreaterThan(20)
  const loose = used.filter(
    (line) => !/\buses: ([.$]\/\S*|[^\s@]+@[0-9a-f]{40} # v\d+\.\d+(\.\d+)?$)/.test(line),
  )
  expect(loose).toEqual([])
})

test('this action has the same pin everywhere, of the current version', () => {
  const pins = PASTED.flatMap(({ text }) => text.match(OWN_PIN) ?? [])
  expect(pins.length).toBeGreaterThan(8)
  expect(new Set(pins).size).toBe(1)
  expect(pins[0]).toMatch(new RegExp(` # v${VERSION.replaceAll('.', '\\.')}$`))
})

describe('no example and no block of a document', () => {
  test('runs a package of a registry by its name', () => {
    // This project has no package in a registry: anyone who registers the name could read a kubeconfig.
    expect(lines(/\b(npx|npm (exec|x)|pnpm dlx|yarn dlx|bunx|pipx run|uvx)\b/)).toEqual([])
  })

  test('installs a package by its name', () => {
    const installs = lines(/\b(npm (install|i|add)|pnpm add|yarn add|pip3? install)\b/)
    expect(installs.length).toBeGreaterThan(2)
    const named = installs.filter((line) => {
      const [, words = ''] = /\b(?:install|i|add)\b(.*)$/.exec(line) ?? []
      const given = words.replace(/--prefix \S+/, '').split(/\s+/)
      return given.some(
        (word) =>
          word !== '' && !/^(-|\.\/\S+\.tgz$|"\$TARBALL"$|#)/.test(word.split('#')[0] || '#'),
      )
    })
    expect(named).toEqual([])
  })

  test('pipes a download into a shell', () => {
    expect(lines(/\b(curl|wget)\b.*\|\s*(sudo )?(ba|z|da)?sh\b/)).toEqual([])
  })

  test('edits the last comment of an unknown bot', () => {
    expect(lines(/--edit-last/)).toEqual([])
  })
})

test('a release has the package for other CI systems, and its checksum', () => {
  const release = readFileSync(path.join(ROOT, '.github/workflows/release.yml'), 'utf8')
  expect(release).toMatch(/npm pack --ignore-scripts/)
  expect(release).toMatch(/sha256sum .*\.tgz .*> SHA256SUMS/)
  expect(release).toMatch(/gh release create [\s\S]*\.tgz[\s\S]*"\$RUNNER_TEMP\/SHA256SUMS"/)
  expect(release).not.toContain('npm publish')
})

test('npm run pin replaces the commit of this action in every use, and nothing else', () => {
  const use = 'uses: istio-traffic-shift/istio-traffic-shift@'
  const commit = 'a'.repeat(40)
  const other = `uses: actions/checkout@${'b'.repeat(40)} # v7.0.1\n`
  const called = use.replace('@', '/.github/workflows/canary.yml@')
  const pinned = (pin: string) => `  - ${use}${pin}\n    ${called}${pin}\n${other}`
  const before = pinned(`${'0'.repeat(40)} # v0.1.0`)
  expect(withPin(before, commit, 'v1.2.3')).toBe(pinned(`${commit} # v1.2.3`))
  expect(() => withPin(before, 'main', 'v1.2.3')).toThrow('is not a commit')
  expect(() => withPin(before, commit, 'v1')).toThrow('is not a commit')
})
