import { execFile } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { commandBlocks, ELSEWHERE, runnerOf } from '../../kit/docs/commands.ts'
import { type Block, commandsOf, documents, ROOT } from '../../kit/docs/markdown.ts'
import { refuseLeaks, release } from '../../kit/run/leaks.ts'
import manifest from '../../package.json' with { type: 'json' }
import { startSandbox } from '../../sandbox/sandbox.ts'

const BLOCKS = commandBlocks()
const named = BLOCKS.map(
  ({ block, runner }) => [`${block.file}:${block.line}`, block, runner] as const,
)

/** What a user has: the files of the repository, except those that only development needs. */
const SHIPPED = ['action.yml', 'dist', 'examples', 'LICENSE', 'package.json', 'README.md']

/**
 * Pastes a block into a shell in a copy of the repository, with this kubeconfig. What the block
 * installs globally goes into a separate folder, and nothing is fetched.
 */
function paste(block: Block, kubeconfig: string): Promise<{ status: number; text: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'paste-'))
  const inside = (name: string) => path.join(folder, name)
  for (const name of SHIPPED.filter((each) => existsSync(path.join(ROOT, each))))
    cpSync(path.join(ROOT, name), inside(`repository/${name}`), { recursive: true })
  writeFileSync(inside('kubeconfig'), kubeconfig, { mode: 0o600 })
  // The installed command, for blocks that do not install it themselves.
  mkdirSync(inside('installed'))
  symlinkSync(inside('repository/dist/cli/index.js'), inside('installed/istio-traffic-shift'))
  const programs = [
    inside('prefix/bin'),
    path.dirname(process.execPath),
    inside('installed'),
    process.env.PATH,
  ]
  const env = {
    ...process.env,
    PATH: programs.join(path.delimiter),
    KUBECONFIG: inside('kubeconfig'),
    npm_config_prefix: inside('prefix'),
    npm_config_cache: inside('cache'),
    npm_config_offline: 'true',
    npm_config_audit: 'false',
  }
  return new Promise((done, leaks) => {
    const how = { env, cwd: inside('repository') }
    const child = execFile('sh', ['-ec', block.text], how, (_, stdout, stderr) => {
      rmSync(folder, { recursive: true })
      const text = stdout + stderr
      const check = () => refuseLeaks([kubeconfig], { 'what is printed': text })
      release(check, () => done({ status: child.exitCode ?? -1, text }), leaks)
    })
  })
}

describe('every block of commands in the documents', () => {
  test('is run by a test, or is listed with what runs it', () => {
    expect(named.length).toBeGreaterThan(15)
    const nowhere = named.flatMap(([name, block, runner]) =>
      runner === undefined ? [`${name}\n${block.text}`] : [],
    )
    expect(nowhere).toEqual([])
  })

  test.each(named.filter(([, , runner]) => runner === 'embedded mesh'))(
    'passes on the embedded mesh: %s',
    async (_, block) => {
      const sandbox = await startSandbox({ web: true })
      onTestFinished(() => sandbox.stop())
      const { status, text } = await paste(block, sandbox.kubeconfig)
      expect(text).toMatch(
        /pass, reason within-tolerance|Verdict: (planned|restored)|--virtual-service|# 1. The step/,
      )
      expect(status).toBe(0)
    },
  )

  test('that no test runs is run by the line that kit/docs/commands.ts names', () => {
    for (const { by } of ELSEWHERE.values()) {
      if (by === undefined) continue
      const [file, line] = by
      const lines = readFileSync(path.join(ROOT, file), 'utf8').split('\n')
      expect(lines.map((each) => each.trim())).toContain(line)
    }
  })

  test('that no test runs is in the documents', () => {
    const there = new Set(BLOCKS.flatMap(({ block }) => commandsOf(block)))
    expect([...ELSEWHERE.keys()].filter((command) => !there.has(command))).toEqual([])
  })

  test('is found if one of its commands is neither run nor excused', () => {
    expect(runnerOf({ text: 'npm ci\nnpm run check\n' })).toBe('elsewhere')
    expect(runnerOf({ text: 'npm ci\nnpm run sandbox\n' })).toBeUndefined()
    expect(runnerOf({ text: 'kubectl get pods\nrm kubeconfig\n' })).toBeUndefined()
  })
})

test('every npm script and every file that the documents run exists', () => {
  const text = documents()
    .map((page) => page.text)
    .join('\n')
  const scripts = [...text.matchAll(/npm run (?!-)([\w:-]+)/g)].map(([, name]) => name)
  expect(Object.keys(manifest.scripts)).toEqual(expect.arrayContaining(scripts))
  const files = [...text.matchAll(/\bnode ([\w./-]+\.[jt]s)\b/g)].map(([, file = '']) => file)
  expect(files).not.toEqual([])
  for (const file of files) expect(existsSync(path.join(ROOT, file))).toBe(true)
})
