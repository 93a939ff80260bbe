import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { bundledProber } from '../../build/prober.ts'

const FOLDER = path.resolve(import.meta.dirname, '..', '..', 'lib', 'prober')
const SCRIPT = path.join(FOLDER, 'index.js')
/** The files of which the script was made, each with the time of its last change. */
const MADE_OF = path.join(FOLDER, 'made-of.json')

/** Before all tests: makes the script that Pods run of the present sources, unless none of them has changed. */
export async function setup(): Promise<void> {
  if (isFresh()) return
  const { code, files } = await bundledProber()
  mkdirSync(FOLDER, { recursive: true })
  writeFileSync(SCRIPT, code)
  writeFileSync(MADE_OF, JSON.stringify(files.map((file) => [file, changedMs(file)])))
}

function isFresh(): boolean {
  try {
    const before: [file: string, ms: number][] = JSON.parse(readFileSync(MADE_OF, 'utf8'))
    return before.every(([file, ms]) => changedMs(file) === ms)
  } catch {
    return false
  }
}

function changedMs(file: string): number {
  return statSync(file).mtimeMs
}
