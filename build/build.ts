import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/**
 * Builds dist/ from src/: TypeScript to lib/, then one minified file for each entry. The bytes
 * depend on the sources and the lock file alone, so CI can compare them.
 */
const ENTRIES = ['action', 'post', 'cli'] as const
const root = path.resolve(import.meta.dirname, '..')
const lib = path.join(root, 'lib')

rmSync(lib, { recursive: true, force: true })
run('tsc', '-p', 'build')
stageClientNode()
stage('@actions/core', 'lib')
for (const entry of ENTRIES) {
  rmSync(path.join(root, 'dist', entry), { recursive: true, force: true })
  run('ncc', 'build', `lib/src/${entry}.js`, '--out', `dist/${entry}`, '--minify', '--quiet')
}

function run(tool: string, ...words: string[]): void {
  execFileSync(path.join(root, 'node_modules', '.bin', tool), words, {
    cwd: root,
    stdio: 'inherit',
  })
}

/**
 * A copy of @kubernetes/client-node for the bundler, nearer to lib/ than the installed one, with
 * two differences. Its package says that its modules have no side effects, so the generated clients
 * of every Kubernetes kind (5 MB, a third of a second) are left out: a run reads a kubeconfig with
 * it and makes its requests with node:https. And it sees a stand-in for undici, which only those
 * generated clients call, takes as long to load as all the rest, and does not start on Node 20.
 */
function stageClientNode(): void {
  stage('@kubernetes/client-node', 'dist')
  const undici = path.join(lib, 'node_modules', 'undici')
  mkdirSync(undici, { recursive: true })
  writeFileSync(
    path.join(undici, 'package.json'),
    '{"name":"undici","type":"module","main":"index.js","sideEffects":false}',
  )
  writeFileSync(
    path.join(undici, 'index.js'),
    `
const absent = () => { throw new Error('undici is left out of this bundle (build/build.ts)') }
export { absent as Agent, absent as ProxyAgent, absent as fetch }
`,
  )
}

function stage(name: string, folder: string): void {
  const from = path.join(root, 'node_modules', name)
  const to = path.join(lib, 'node_modules', name)
  cpSync(path.join(from, folder), path.join(to, folder), { recursive: true })
  const manifest: object = JSON.parse(readFileSync(path.join(from, 'package.json'), 'utf8'))
  writeFileSync(path.join(to, 'package.json'), JSON.stringify({ ...manifest, sideEffects: false }))
}
