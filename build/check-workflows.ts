import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'

/**
 * Runs actionlint and zizmor on everything that GitHub reads in this repository. Their versions and checksums are in
 * workflow-linters/. They are built and downloaded once, into a cache outside of the repository. With a token in
 * GH_TOKEN, zizmor also asks GitHub whether each pinned commit is the version that its comment names.
 */
const root = path.resolve(import.meta.dirname, '..')
const pins = path.join(import.meta.dirname, 'workflow-linters')
const tools = cacheFolder()

const actionlint = path.join(tools, 'actionlint')
if (!existsSync(actionlint)) {
  run(pins, 'go', 'build', '-mod=readonly', '-o', actionlint, actionlintPackage())
}
const zizmor = path.join(tools, 'python', 'bin', 'zizmor')
if (!existsSync(zizmor)) {
  const checked = ['--require-hashes', '--only-binary', ':all:', '--no-deps', '--upgrade']
  const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore']
  const where = ['--target', path.join(tools, 'python'), '--requirement', 'requirements.txt']
  run(pins, 'python3', '-m', 'pip', 'install', ...quiet, ...checked, ...where)
}

run(root, actionlint)
const online = process.env.GH_TOKEN ? [] : ['--offline']
run(root, zizmor, ...online, '--strict-collection', '--persona=auditor', '--quiet', '.')
process.stdout.write(`actionlint and zizmor${online.length > 0 ? ' (offline)' : ''}: clean\n`)

/** The tool that go.mod names. */
function actionlintPackage(): string {
  const [, name] = /^tool (\S+)$/m.exec(readFileSync(path.join(pins, 'go.mod'), 'utf8')) ?? []
  if (name === undefined) throw new Error('workflow-linters/go.mod names no tool')
  return name
}

/** Each set of pins has its own folder. */
function cacheFolder(): string {
  const hash = createHash('sha256').update(`${process.platform} ${process.arch}`)
  for (const file of readdirSync(pins).sort()) hash.update(readFileSync(path.join(pins, file)))
  const cache = process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache')
  const name = `workflow-linters-${hash.digest('hex').slice(0, 12)}`
  const folder = path.join(cache, 'istio-traffic-shift', name)
  mkdirSync(folder, { recursive: true })
  return folder
}

function run(folder: string, program: string, ...words: string[]): void {
  const { status, error } = spawnSync(program, words, { cwd: folder, stdio: 'inherit' })
  if (error) process.stderr.write(`${program} could not be started: ${error.message}\n`)
  // The output of the linter is above. A stack trace of this script would add nothing.
  if (status !== 0) process.exit(status ?? 1)
}
