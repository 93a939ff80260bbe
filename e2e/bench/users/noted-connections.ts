import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The variable with the name of the file that addresses are noted in. */
export const NOTED_FILE = 'NOTED_CONNECTIONS'

/** The addresses that processes with this environment connect to. */
export type NotedConnections = {
  environment: Readonly<Record<string, string>>
  /** `host:port`, in the order in which they were connected to. */
  addresses(): string[]
  remove(): void
}

export function noteConnections(): NotedConnections {
  const folder = mkdtempSync(join(tmpdir(), 'noted-'))
  const file = join(folder, 'connections')
  writeFileSync(file, '')
  const program = pathToFileURL(join(import.meta.dirname, 'note-connections.ts')).href
  return {
    environment: { [NOTED_FILE]: file, NODE_OPTIONS: `--import=${program}` },
    addresses: () => readFileSync(file, 'utf8').split('\n').filter(Boolean),
    remove: () => rmSync(folder, { recursive: true }),
  }
}
