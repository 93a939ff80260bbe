import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { ROOT } from '../../kit/docs/markdown.ts'

/** A file of src/, what it imports from src/, and its number of lines. Paths are relative to src/. */
export type Module = { file: string; imports: readonly string[]; lines: number }

const IMPORT =
  /^(?:import|export)\b[^'"]*?\bfrom '(\.[^']+)'|\bimport\((?:\/\*.*\*\/ )?'(\.[^']+)'\)/gm

export function readModules(): Module[] {
  const folder = path.join(ROOT, 'src')
  return globSync('**/*.ts', { cwd: folder }).map((file) => {
    const text = readFileSync(path.join(folder, file), 'utf8')
    const imports = [...text.matchAll(IMPORT)]
      .map(([, from, dynamic]) => path.join(path.dirname(file), from ?? dynamic ?? ''))
      .filter((imported) => !imported.startsWith('..'))
    return { file, imports, lines: text.split('\n').length - 1 }
  })
}

/** The top folder of a file; for a file outside folders, its own name without the ending. */
export function folderOf(file: string): string {
  const [first = ''] = file.split(path.sep)
  return first.replace(/\.ts$/, '')
}

/** Import cycles between files, each from its first file in alphabetical order. */
export function cyclesOf(modules: readonly Module[]): string[] {
  const importsOf = new Map(modules.map(({ file, imports }) => [file, imports]))
  const done = new Set<string>()
  const cycles = new Set<string>()
  const visit = (file: string, trail: readonly string[]): void => {
    const start = trail.indexOf(file)
    if (start >= 0) {
      cycles.add(fromFirst(trail.slice(start)).join(' -> '))
      return
    }
    if (done.has(file)) return
    for (const next of importsOf.get(file) ?? []) visit(next, [...trail, file])
    done.add(file)
  }
  for (const { file } of modules) visit(file, [])
  return [...cycles]
}

/** A cycle from its first file in alphabetical order, and back to it. */
function fromFirst(cycle: readonly string[]): string[] {
  const first = [...cycle].sort()[0] ?? ''
  const start = cycle.indexOf(first)
  return [...cycle.slice(start), ...cycle.slice(0, start), first]
}
