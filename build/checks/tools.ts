import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import modules from '../workflow-linters/modules.json' with { type: 'json' }

/**
 * The linters, and the schemas of CI systems. Their versions and checksums are in workflow-linters/. They are built
 * and downloaded once, into a cache outside of the repository.
 */
export const root = path.resolve(import.meta.dirname, '../..')
const pins = path.join(import.meta.dirname, '../workflow-linters')
const tools = cacheFolder()

/** The program of a Go package that go.mod pins. */
export function goTool(name: string, packagePath: string): string {
  const binary = path.join(tools, name)
  if (!existsSync(binary)) run(pins, 'go', 'build', '-mod=readonly', '-o', binary, packagePath)
  return binary
}

/**
 * The program of a Go module that modules.json pins. It is not in go.mod: such a module is used as its authors release it,
 * with the versions that it requires.
 */
export function moduleTool(name: keyof typeof modules, packagePath: string): string {
  const binary = path.join(tools, name)
  if (existsSync(binary)) return binary
  moduleFolder(name)
  const { module, version } = modules[name]
  const environment = { ...process.env, GOBIN: tools, CGO_ENABLED: '0', GOFLAGS: '' }
  runIn(tools, environment, 'go', 'install', '-trimpath', `${module}/${packagePath}@${version}`)
  return binary
}

/** The files of a Go module that modules.json pins. */
export function moduleFolder(name: keyof typeof modules): string {
  const { module, version, sum } = modules[name]
  const given = ['mod', 'download', '-json', `${module}@${version}`]
  const { stdout } = spawnSync('go', given, { cwd: tools, encoding: 'utf8' })
  const found: { Dir?: string; Sum?: string; Error?: string } = JSON.parse(stdout || '{}')
  if (found.Dir === undefined || found.Sum !== sum)
    throw new Error(`${module}@${version}: ${found.Error ?? `its checksum is ${found.Sum}`}`)
  return found.Dir
}

/** A file below the folder of the Python packages that requirements.txt pins. */
export function pythonFile(...words: readonly string[]): string {
  const folder = path.join(tools, 'python')
  if (!existsSync(folder)) {
    const checked = ['--require-hashes', '--only-binary', ':all:', '--no-deps', '--upgrade']
    const quiet = ['--quiet', '--disable-pip-version-check', '--root-user-action=ignore']
    const where = ['--target', folder, '--requirement', 'requirements.txt']
    run(pins, 'python3', '-m', 'pip', 'install', ...quiet, ...checked, ...where)
  }
  return path.join(folder, ...words)
}

/** A file in the cache, for what is made once from what is downloaded. */
export function cached(name: string): string {
  return path.join(tools, name)
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

export function run(folder: string, program: string, ...words: readonly string[]): void {
  runIn(folder, process.env, program, ...words)
}

function runIn(
  folder: string,
  environment: NodeJS.ProcessEnv,
  program: string,
  ...words: readonly string[]
): void {
  const { status, error } = spawnSync(program, words, {
    cwd: folder,
    env: environment,
    stdio: 'inherit',
  })
  if (error) process.stderr.write(`${program} could not be started: ${error.message}\n`)
  // The output of the linter is above. A stack trace of this script would add nothing.
  if (status !== 0) process.exit(status ?? 1)
}
