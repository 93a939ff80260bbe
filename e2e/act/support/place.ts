import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { ROOT } from '../../../kit/docs/markdown.ts'
import { CHILD_ENVIRONMENT } from '../../../kit/run/child-environment.ts'
import { calledText } from './workflow.ts'

/** Where act runs workflows: a repository with its origin, a copy of this action, and what the steps leave. */
export type Place = {
  folder: string
  /** The repository whose workflows run. */
  workspace: string
  /** Where it is pushed to. */
  origin: string
  /** This action as a repository has it. */
  ours: string
  /** What the stand-in for actions/upload-artifact keeps. */
  artifacts: string
  /** Programs that are found first. */
  commands: string
  /** What act and its steps have in their environment. */
  environment: Readonly<Record<string, string>>
}

/** What the runner of a step reads of this action, and the workflow that others call. */
const PARTS = ['action.yml', 'dist/action', 'dist/post', 'dist/programs', '.github/actions']
const CALLED = '.github/workflows/canary.yml'

/** @param files of the repository, by their paths */
export function makePlace(files: Readonly<Record<string, string>> = {}): Place {
  const folder = mkdtempSync(join(tmpdir(), 'act-'))
  const below = (name: string) => join(folder, name)
  const home = below('home')
  const place = {
    folder,
    workspace: below('workspace'),
    origin: below('origin.git'),
    ours: below('ours'),
    artifacts: below('artifacts'),
    commands: below('commands'),
  }
  for (const made of [place.commands, home, place.workspace, place.artifacts]) mkdirSync(made)
  for (const part of PARTS)
    cpSync(join(ROOT, part), join(place.ours, part), { recursive: true, dereference: true })
  mkdirSync(dirname(join(place.ours, CALLED)))
  writeFileSync(join(place.ours, CALLED), calledText(CALLED))
  // act takes the first node of the path, whatever action.yml says.
  symlinkSync(process.execPath, join(place.commands, 'node'))
  const environment = {
    ...CHILD_ENVIRONMENT,
    PATH: [place.commands, process.env.PATH].join(delimiter),
    HOME: home,
    ORIGIN: place.origin,
    ARTIFACTS: place.artifacts,
    COMMANDS: place.commands,
    PROVIDERS: join(ROOT, 'kit/examples/providers.ts'),
  }
  makeRepository({ ...place, environment }, files)
  return { ...place, environment }
}

export function removePlace({ folder }: Place): void {
  rmSync(folder, { recursive: true, force: true })
}

function makeRepository(place: Place, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries({ 'README.md': 'An example.\n', ...files })) {
    mkdirSync(dirname(join(place.workspace, path)), { recursive: true })
    writeFileSync(join(place.workspace, path), text)
  }
  git(place, 'init', '--quiet', '--bare', '--initial-branch', 'main', place.origin)
  git(place, 'init', '--quiet', '--initial-branch', 'main')
  git(place, 'add', '.')
  const author = ['-c', 'user.name=somebody', '-c', 'user.email=somebody@example.com']
  git(place, ...author, 'commit', '--quiet', '--message', 'The repository')
  git(place, 'remote', 'add', 'origin', place.origin)
  git(place, 'push', '--quiet', '--set-upstream', 'origin', 'main')
}

/** Runs git in the repository, and returns what it printed. */
export function git({ workspace, environment }: Place, ...words: string[]): string {
  const options = { cwd: workspace, env: environment, encoding: 'utf8' } as const
  return execFileSync('git', words, { ...options, stdio: ['ignore', 'pipe', 'ignore'] })
}
